"""From a deal to its bundle: the instrument that fits, points to confirm, what to ask and do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from matcher.candidates.bundles import Bundle, ClaimKey, Figure, Member
from matcher.catalogue import JobLevel
from matcher.declarations import JobDirection, Months, Survey
from matcher.groups.hiring_deal import Deal, Loan, Trade, gain_of_part
from matcher.groups.neighbours import Neighbours
from matcher.groups.posts import Post
from matcher.optimise.hiring_terms import End, factor_names
from matcher.terms import Audience, Confidence, Delay, Message, ProposalKind, Range, Reason, Role
from matcher.wording import LANGUAGES, listed, say

# Hours of animation until the agreement: a round table, a visit of the groupement, reading the
# draft; and for each employer more. Engineering judgement.
_HOURS_A_JOB, _HOURS_AN_EMPLOYER, _HOURS_A_LOAN = 16.0, 4.0, 8.0
_GROUPEMENT_ACTIVITY = "78.30"
# Whole days of one main leave: two weeks (twelve working days in the Code's count, L. 3141-19).
_MAIN_LEAVE_DAYS = 10


def claims_of_deal(deal: Deal) -> dict[ClaimKey, float]:
    """A need of several persons is met one person at a time."""
    return {("need", post.job_id): 1.0 / post.persons for post in deal.posts}


def claims_of_loan(loan: Loan) -> dict[ClaimKey, float]:
    """The whole need of the taker, and the giver's hours, month by month."""
    claims: dict[ClaimKey, float] = {("need", loan.taker.job_id): 1.0}
    for month, hours in enumerate(loan.served, start=1):
        if hours > 0:
            claims["room", loan.giver.job_id, f"{month:02d}"] = hours
    return claims


def limits_of(posts: Iterable[Post]) -> dict[ClaimKey, float]:
    """A need is met once; what is to spare is what was declared."""
    limits: dict[ClaimKey, float] = {}
    for post in posts:
        limits["need", post.job_id] = 1.0
        for month, hours in enumerate(post.all_hours, start=1):
            limits["room", post.job_id, f"{month:02d}"] = hours
    return limits


def bundle_of_deal(deal: Deal, trade: Trade, survey: Survey, near: Neighbours) -> Bundle:
    """A shared post as a candidate of the plan."""
    sites = [post.site.site_id for post in deal.posts]
    hours = sum(sum(months) for months in deal.hours)
    groupement = _groupement(survey, near, sites)
    members = tuple(
        Member(
            site_id=post.site.site_id,
            declaration_id=post.job_id,
            role=Role.MEMBER,
            gain=gain,
            amount_by_month=months,
        )
        for post, months, gain in zip(deal.posts, deal.hours, deal.gains, strict=True)
    )
    confidence, doubts = _confidence(deal.posts)
    names = [post.site.name for post in deal.posts]
    called = listed(names) if groupement else ", ".join(names)  # a groupement ends the list
    values = {"members": called, "groupement": groupement}
    return Bundle(
        kind=ProposalKind.HIRING,
        object=deal.posts[0].trade.key,
        form="group",
        instrument="groupement_new_post" if deal.is_full_time else "groupement_part_time",
        members=members,
        amount_per_year=hours,
        unit="h",
        value=deal.value,
        distance_km=deal.distance_km,
        effort_hours=_HOURS_A_JOB + _HOURS_AN_EMPLOYER * len(sites),
        delay=Delay.MONTHS_3_TO_12,
        first_step=Message(
            code="hiring.first-step.groupement" if groupement else "hiring.first-step.meet",
            values=values,
        ),
        confidence=confidence,
        confidence_reasons=doubts,
        claims=claims_of_deal(deal),
        facts=tuple(_deal_facts(deal, hours)),
        figures=tuple(_deal_figures(deal)),
        questions=tuple(_questions(deal.posts)),
        conditions=tuple(sorted(_deal_conditions(deal, near))),
        factors=(*factor_names(deal.posts[0].trade.level), "groupement_exposure"),
        gain_of_part=partial(gain_of_part, trade),
    )


def bundle_of_loan(loan: Loan, near: Neighbours) -> Bundle:
    """A loan of staff, or a top-up, as a candidate of the plan."""
    giver, taker = loan.giver, loan.taker
    hours = sum(loan.served)
    confidence, doubts = _confidence([taker])
    values = {"giver": giver.site.name, "taker": taker.site.name}
    rate = loan.rate.value
    return Bundle(
        kind=ProposalKind.HIRING,
        object=taker.trade.key,
        form="contract",
        instrument="groupement_top_up" if loan.is_top_up else "staff_loan",
        members=tuple(
            Member(
                site_id=post.site.site_id,
                declaration_id=post.job_id,
                role=role,
                gain=gain,
                amount_by_month=loan.served,
            )
            for post, role, gain in (
                (giver, Role.EMPLOYER, loan.giver_gain),
                (taker, Role.MEMBER if loan.is_top_up else Role.USER, loan.taker_gain),
            )
        ),
        amount_per_year=hours,
        unit="h",
        value=loan.value,
        distance_km=loan.distance_km,
        effort_hours=_HOURS_A_LOAN,
        delay=Delay.UNDER_3_MONTHS,
        first_step=Message(
            code="hiring.first-step.top-up" if loan.is_top_up else "hiring.first-step.loan",
            values=values,
        ),
        confidence=confidence,
        confidence_reasons=doubts,
        # At cost, neither more nor less: the interval where both gain is not open to bargaining.
        price_low=rate,
        fair_price=rate,
        price_high=rate,
        claims=claims_of_loan(loan),
        facts=tuple(_loan_facts(loan, hours)),
        figures=tuple(_rates(loan.rate, _of_hour(taker))),
        questions=tuple(_questions((giver, taker))),
        conditions=tuple(sorted(_loan_conditions(loan, near))),
        factors=factor_names(taker.trade.level),
    )


def _groupement(survey: Survey, near: Neighbours, sites: list[str]) -> str:
    """The groupement of the territory that nobody in the job shut out, or shut out by; or none."""
    for site_id in sorted(survey.sites):
        site = survey.sites[site_id]
        if (site.activity_code or "").startswith(_GROUPEMENT_ACTIVITY) and site_id not in sites:
            if near.may_meet((site_id, *sites)):
                return site.name
    return ""


def _of_hour(post: Post) -> float:
    return post.today[End.VALUE]


def _deal_facts(deal: Deal, hours: float) -> Iterator[Reason]:
    """What a firm may read says nothing of the others' hours; the rest is for the agent."""
    kind = "full-time" if deal.is_full_time else "part-time"
    yield _told(f"hiring.fact.{kind}", Audience.FIRM)
    yield _told(
        "hiring.fact.load", hours=hours, paid=deal.paid_h, weekly=deal.weekly_h, load=deal.load
    )
    yield _told(
        "hiring.fact.pilot", pilot=deal.posts[0].site.name, share=sum(deal.hours[0]) / hours
    )
    yield _told("hiring.fact.leave", months=month_words(deal.leave_days), days=sum(deal.leave_days))
    yield _told(
        "reasons.distance" if len(deal.posts) == 2 else "hiring.fact.farthest",
        distance_km=deal.distance_km,
    )
    if deal.overflow_h > 0:
        yield _told("hiring.fact.overflow", hours=deal.overflow_h)
    yield _told(
        "hiring.fact.rate",
        low=deal.rate.low,
        high=deal.rate.high,
        likely=deal.rate.value,
        today=deal.today,
    )
    if any(_of_hour(post) < (deal.rate.value or 0.0) for post in deal.posts):
        yield _told("hiring.fact.rate-above-today")
    weakest = min(zip(deal.load_without, deal.posts, strict=True), key=lambda pair: pair[0])
    yield _told("hiring.fact.weakest", site=weakest[1].site.name, load=weakest[0])
    yield _told("hiring.fact.exposure", exposure=deal.exposure_eur)


def _loan_facts(loan: Loan, hours: float) -> Iterator[Reason]:
    kind = "top-up" if loan.is_top_up else "loan"
    yield _told(f"hiring.fact.{kind}", Audience.FIRM)
    yield _told("hiring.fact.served", hours=hours, months=month_words(loan.served))
    yield _told("reasons.distance", distance_km=loan.distance_km)
    yield _told(
        "hiring.fact.rebilled",
        likely=loan.rate.value,
        low=loan.rate.low,
        high=loan.rate.high,
        today=_of_hour(loan.taker),
    )
    wanted = sum(loan.taker.all_hours)
    if hours < wanted - 1e-9:
        yield _told("hiring.fact.part-of-the-need", share=hours / wanted)


def _told(code: str, audience: Audience = Audience.AGENT, **values: object) -> Reason:
    return Reason(message=Message(code=code, values=values), audience=audience)


def month_words(amount: Months | tuple[int, ...]) -> Mapping[str, str]:
    """The months with something in them, in words, in each language."""
    if all(each > 0 for each in amount):
        return {language: say("hiring.all-year", language) for language in LANGUAGES}
    return {
        language: ", ".join(
            name
            for name, each in zip(say("outputs.month.long", language).split(), amount, strict=True)
            if each > 0
        )
        for language in LANGUAGES
    }


def _deal_figures(deal: Deal) -> Iterator[Figure]:
    yield Figure(code="hiring.figure.load", value=deal.load, unit="share")
    yield Figure(code="hiring.figure.paid", value=deal.paid_h, unit="h/year")
    yield Figure(code="hiring.figure.overflow", value=deal.overflow_h, unit="h/year")
    yield Figure(
        code="hiring.figure.leave",
        value=float(sum(deal.leave_days)),
        unit="day",
        by_month=tuple(float(days) for days in deal.leave_days),
    )
    yield from _rates(deal.rate, deal.today)
    yield Figure(code="hiring.figure.exposure", value=deal.exposure_eur, unit="EUR")
    whole = sum(sum(months) for months in deal.hours)
    for post, months, without in zip(deal.posts, deal.hours, deal.load_without, strict=True):
        site_id = post.site.site_id
        yield Figure(
            code="hiring.figure.load-without", value=without, unit="share", site_id=site_id
        )
        yield Figure(
            code="hiring.figure.exposure-share",
            value=deal.exposure_eur * sum(months) / whole,
            unit="EUR",
            site_id=site_id,
        )


def _rates(rate: Range, today: float) -> Iterator[Figure]:
    for code, value in (
        ("hiring.figure.rate-low", rate.low),
        ("hiring.figure.rate", rate.value),
        ("hiring.figure.rate-high", rate.high),
        ("hiring.figure.today", today),
    ):
        yield Figure(code=code, value=value or 0.0, unit="EUR/h")


def _questions(posts: Iterable[Post]) -> Iterator[Message]:
    posts = tuple(posts)
    for post in posts:
        site = {"site": post.site.name}
        if post.is_trade_read:
            yield Message(
                code="hiring.question.trade",
                values={**site, "title": post.job.title, "trade": _label(post)},
            )
        if not post.is_solution_known:
            yield Message(code="hiring.question.today", values=site)
        if post.windows is None:
            yield Message(
                code="hiring.question.shift", values={**site, "shift": post.job.shift or "?"}
            )
        closed = [m for m in post.site.closed_months if post.hours[m - 1] > 0]
        if closed:
            words = month_words(tuple(int(m in closed) for m in range(1, 13)))
            yield Message(code="hiring.question.closed-month", values={**site, "months": words})
        if post.persons > 1 and post.job.direction is JobDirection.NEED:
            yield Message(code="hiring.question.persons", values={**site, "persons": post.persons})
    if len({post.trade.key for post in posts}) > 1:
        values = {
            "trades": {
                language: " / ".join(sorted({post.trade.label(language) for post in posts}))
                for language in LANGUAGES
            }
        }
        yield Message(code="hiring.question.two-trades", values=values)
    starts = [post.job.start_by for post in posts if post.job.start_by is not None]
    if starts:
        yield Message(code="hiring.question.start", values={"date": min(starts)})


def _label(post: Post) -> Mapping[str, str]:
    return {language: post.trade.label(language) for language in LANGUAGES}


def _common_conditions(posts: Iterable[Post], near: Neighbours) -> Iterator[str]:
    posts = tuple(posts)
    sites = [post.site.site_id for post in posts]
    if any(post.job.licences for post in posts):
        yield "shared_post_licences"
    if near.has_competitors(sites):
        yield "competitors_together"
    if any(post.windows is None or post.job.shift for post in posts):
        yield "daily_rest"


def _deal_conditions(deal: Deal, near: Neighbours) -> Iterator[str]:
    yield from _common_conditions(deal.posts, near)
    yield "groupement_employer"
    yield "groupement_solidarity"
    yield "annual_hours"
    codes = {post.site.idcc for post in deal.posts}
    if len(codes) > 1 or None in codes:
        yield "collective_agreements"
    if near.has_public(post.site.site_id for post in deal.posts):
        yield "groupement_public_member"
    if not deal.is_full_time:
        yield "part_time_contract"
    if max(deal.leave_days[4:10]) < _MAIN_LEAVE_DAYS:
        yield "main_leave"
    if deal.posts[0].trade.level is not JobLevel.OPERATOR:
        yield "vte_option"


def _loan_conditions(loan: Loan, near: Neighbours) -> Iterator[str]:
    posts = (loan.giver, loan.taker)
    yield from _common_conditions(posts, near)
    is_public = near.has_public(post.site.site_id for post in posts)
    if loan.is_top_up:
        yield "groupement_employer"
        yield "groupement_solidarity"
        codes = {post.site.idcc for post in posts}
        if len(codes) > 1 or None in codes:
            yield "collective_agreements"
        if is_public:
            yield "groupement_public_member"
    else:
        yield "staff_loan_non_profit"
        yield "staff_loan_agreement"
        if is_public:
            yield "public_party_procurement"


def _confidence(posts: Iterable[Post]) -> tuple[Confidence, tuple[Message, ...]]:
    """High when what each pays today was said; low when a trade was only read from a title."""
    doubts = []
    if any(not post.is_today_declared for post in posts):
        doubts.append(Message(code="hiring.confidence.price-today"))
    if any(post.is_trade_read for post in posts):
        doubts.append(Message(code="hiring.confidence.trade"))
    if not doubts:
        return Confidence.HIGH, (Message(code="hiring.confidence.declared"),)
    is_low = any(post.is_trade_read for post in posts)
    return (Confidence.LOW if is_low else Confidence.MEDIUM), tuple(doubts)
