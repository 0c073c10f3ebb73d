"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");

  const family = getComputedStyle(document.body).fontFamily;
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const network = new vis.Network(byId("canvas"), { nodes: nodes, edges: edges }, {
    physics: { enabled: false },
    nodes: { font: { size: 15, face: family, color: "#1d2a32", strokeWidth: 4, strokeColor: "#ffffff" } },
    edges: { arrows: { to: { scaleFactor: 0.6 } }, selectionWidth: 2 },
    interaction: { hover: true, keyboard: { enabled: true, bindToWindow: false } },
    layout: { randomSeed: 1, improvedLayout: false },
  });
  const leadOf = (edgeId) => String(edgeId).split(".")[0];
  const canvas = byId("canvas").querySelector(".vis-network") || byId("canvas");
  canvas.setAttribute("tabindex", "0");

  // Words are set as text, never as markup: a name cannot become anything else.
  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text) { element.textContent = text; }
    if (className) { element.className = className; }
    return element;
  }
  function facts(pairs) {
    const list = make("dl", "", "facts");
    pairs.forEach(([name, value]) => list.append(make("dt", name), make("dd", value)));
    return list;
  }
  function button(text, action, className) {
    const element = make("button", text, className || "plain");
    element.type = "button";
    element.addEventListener("click", action);
    return element;
  }
  function fill(parts) { byId("panel").replaceChildren(...parts); }

  // Filters: a lead is shown when its kind, its status and its list are all ticked.
  const tools = byId("tools");
  const chosen = (name) => new Set(Array.from(tools.querySelectorAll("[name=" + name + "]:checked"), (box) => box.value));
  function filter() {
    const families = chosen("family"), statuses = chosen("status"), sections = chosen("section");
    const shown = new Set(Object.keys(data.leads).filter((number) => {
      const lead = data.leads[number];
      return families.has(lead.family) && statuses.has(lead.status) && sections.has(lead.section);
    }));
    edges.update(data.edges.map((edge) => ({ id: edge.id, hidden: !shown.has(leadOf(edge.id)) })));
    document.querySelectorAll("#leads [data-lead]").forEach((row) => { row.hidden = !shown.has(row.dataset.lead); });
    document.querySelectorAll("#picture [data-lead]").forEach((line) => {
      line.setAttribute("visibility", shown.has(line.dataset.lead) ? "visible" : "hidden");
    });
    byId("count").textContent = data.words.shown.replace("#", shown.size);
  }
  tools.addEventListener("change", filter);
  tools.addEventListener("submit", (event) => { event.preventDefault(); find(); });

  // What falls with a site: its leads in red, the others pale.
  let fallen = null;
  function showFallen(siteId) {
    fallen = fallen === siteId ? null : siteId;
    edges.update(data.edges.map((edge) => {
      const falls = fallen !== null && data.leads[leadOf(edge.id)].sites.includes(fallen);
      const colour = fallen === null ? edge.color.color : falls ? "#9b1c1c" : "#dcdad2";
      return { id: edge.id, color: { color: colour, highlight: colour, hover: colour } };
    }));
  }

  function showSite(siteId, follow) {
    const site = data.sites[siteId];
    if (!site) { return; }
    const list = make("ul");
    site.leads.forEach((number) => {
      const item = make("li");
      item.append(button(data.leads[number].title, () => showLead(String(number), true)), make("span", data.leads[number].gain, "quiet"));
      list.append(item);
    });
    const parts = [make("h2", site.name), facts(site.facts)];
    parts.push(site.leads.length ? make("h3", data.words.leads) : make("p", data.words.none, "quiet"));
    if (site.leads.length) {
      parts.push(list);
      const falls = button(data.words.falls, () => {
        showFallen(siteId);
        falls.setAttribute("aria-pressed", String(fallen === siteId));
        falls.textContent = fallen === siteId ? data.words["falls-off"] : data.words.falls;
        sentence.hidden = fallen !== siteId;
      }, "strong");
      const sentence = make("p", site.falls);
      sentence.hidden = true;
      falls.setAttribute("aria-pressed", "false");
      if (fallen !== null) { showFallen(fallen); }
      parts.push(falls, sentence);
    }
    fill(parts);
    if (nodes.get(siteId)) {
      network.selectNodes([siteId]);
      if (follow) { network.focus(siteId, { scale: Math.max(network.getScale(), 0.8) }); }
    }
  }
  function showLead(number, follow) {
    const lead = data.leads[number];
    const parts = [make("h2", lead.title), make("p", lead.route), make("p", lead.kind, "quiet"), facts(lead.facts)];
    if (lead.note) { parts.push(make("p", lead.note, "state attention")); }
    parts.push(make("p", lead.step, "step"));
    const list = make("ul");
    lead.sites.forEach((siteId) => {
      const item = make("li");
      item.append(button(data.sites[siteId] ? data.sites[siteId].name : siteId, () => showSite(siteId, true)));
      list.append(item);
    });
    parts.push(list);
    fill(parts);
    const own = data.edges.filter((edge) => leadOf(edge.id) === number).map((edge) => edge.id);
    network.setSelection({ nodes: [], edges: own });
    if (follow) { network.fit({ nodes: lead.sites.filter((siteId) => nodes.get(siteId)), maxZoomLevel: 1 }); }
  }
  network.on("click", (event) => {
    if (event.nodes.length) {
      const id = event.nodes[0];
      if (data.sites[id]) { showSite(id, false); } else { showLead(id.replace("lead ", ""), false); }
    } else if (event.edges.length) {
      showLead(leadOf(event.edges[0]), false);
    }
  });

  // Search by name: the first site whose name holds the words.
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const names = Object.entries(data.sites).map(([id, site]) => [id, plain(site.name)]);
  Object.values(data.sites).forEach((site) => {
    const option = document.createElement("option");
    option.value = site.name;
    byId("names").append(option);
  });
  function find() {
    const words = plain(byId("search").value.trim());
    if (!words) { return; }
    const found = names.find(([, name]) => name === words) || names.find(([, name]) => name.includes(words));
    if (found) { showSite(found[0], true); } else { fill([make("p", data.words["not-found"])]); }
  }
  byId("search").addEventListener("change", find);

  // The table opens the same panel.
  document.querySelectorAll("#leads [data-lead]").forEach((row) => {
    const words = row.querySelector(".words");
    words.replaceWith(button(words.textContent, () => {
      showLead(row.dataset.lead, true);
      byId("drawing").scrollIntoView({ block: "nearest" });
    }));
  });

  function save(name, url) {
    const link = make("a");
    link.href = url;
    link.download = name;
    link.click();
  }
  function fitAll() {
    network.fit();
    network.moveTo({ scale: network.getScale() * 1.07 }); // the library leaves a wide margin
  }
  byId("fit").addEventListener("click", fitAll);
  byId("svg").addEventListener("click", () => {
    const text = new XMLSerializer().serializeToString(byId("picture"));
    const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    save(data.words.file + ".svg", url);
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  byId("png").addEventListener("click", () => {
    const from = byId("canvas").querySelector("canvas"), to = document.createElement("canvas");
    to.width = from.width;
    to.height = from.height;
    const pen = to.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, to.width, to.height);
    pen.drawImage(from, 0, 0);
    save(data.words.file + ".png", to.toDataURL("image/png"));
  });
  network.once("afterDrawing", fitAll);
  window.maillage = { network: network, nodes: nodes, edges: edges };
})();
