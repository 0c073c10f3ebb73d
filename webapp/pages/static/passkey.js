// Has the browser make or use a passkey with the options of the page, and sends what it answers.
// Without it (no script, an old browser) the code of an application does the same.
"use strict";

const form = document.getElementById("passkey");
const told = document.getElementById("passkey-told");

async function answer() {
  const options = JSON.parse(form.dataset.options);
  const isNew = form.dataset.verb === "create";
  const publicKey = isNew
    ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
    : PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const made = isNew
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  form.elements.credential.value = JSON.stringify(made.toJSON());
  form.requestSubmit();
}

document.getElementById("passkey-go").addEventListener("click", () => {
  told.hidden = true;
  answer().catch(() => {
    told.hidden = false;
  });
});
