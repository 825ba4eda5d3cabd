"""The numbers of the rules: one set for all actors and cases, each with a unit, a range and a source."""

from __future__ import annotations

from ceasefire.parameters.sourced_value import Numbers, Quantity, number

TRIAL = "ASSUMED (searched in a trial on five Idlib deals)"

SEEN = "ASSUMED (chosen while looking at how long five Idlib deals had held)"

FITTED = "fitted to incidents and deaths around Idlib, September 2018 to November 2019 (UCDP GED): ceasefire calibrate"
"""Centre and range are the posterior's median and 90 % interval; doubt draws these numbers together (parameter_draws.py)."""


# fmt: off
class Mechanisms(Numbers):
    """How choices, fire, deaths, blame and bonds work. A scenario may set any of them."""

    # --- decide
    temperature: Quantity = number(0.135, unit="utility", low=0.01, high=2, doubt="none", source="fixes the scale of utility",
        called="chance in choices",
        says="how far chance overrides the best choice; weights count only relative to it")
    intensity_harass: Quantity = number(0.2, unit="share", low=0, high=0.49, doubt=(0.1, 0.3),
        called="intensity of harassment",
        says="intensity E of posture harass, and of urging, against an offensive")
    intensity_strike: Quantity = number(0.5, unit="share", low=0.5, high=0.95, doubt=(0.5, 0.65),
        called="intensity of strikes",
        says="intensity E of posture strike, and of a sanction, against an offensive")
    inertia: Quantity = number(0.3, unit="utility", low=0, high=2, doubt=(0.2, 0.4), source=SEEN,
        called="cost of changing posture",
        says="cost of changing posture at all")
    review_days: Quantity = number(5, unit="days", low=1, high=60, doubt=(3, 7),
        called="days between reviews of posture",
        says="mean days between reviews of an actor's posture")
    grip: Quantity = number(0.63, unit="utility", low=0, high=3, doubt=(0.55, 0.85), source=TRIAL,
        called="a patron's grip on its client",
        says="price of the longest step beyond what a patron licenses; Berman and Lake (2019)")
    prep: Quantity = number(0.25, unit="utility", low=0, high=3, doubt=(0.15, 0.4), source=TRIAL,
        called="price of attacking unprepared",
        says="price of going on the offensive with nothing mobilised")
    word_cessation: Quantity = number(0.05, unit="utility", low=0, high=3, doubt=(0, 0.15),
        called="cost of breaking a cessation",
        says="what breaking a cessation costs a party to it, at full intensity; audience costs, Clayton et al. (2022)")
    word_preliminary: Quantity = number(0.10, unit="utility", low=0, high=3, doubt=(0.05, 0.2),
        called="cost of breaking a preliminary deal",
        says="the same, of a deal with a compliance mechanism")
    word_definitive: Quantity = number(0.30, unit="utility", low=0, high=3, doubt=(0.2, 0.5),
        called="cost of breaking a definitive deal",
        says="the same, of a definitive agreement; hazard a third of a cessation's (Clayton and Sticher 2021)")
    campaign_pull: Quantity = number(1, unit="utility", low=0, high=3, doubt=(0.5, 1.5), source=SEEN,
        called="pull of a campaign",
        says="pull of a campaign that is fully under way and has reached nothing, at full intensity")
    campaign_tempo: Quantity = number(3, unit="reviews", low=0, high=20, doubt=(1, 5), source=SEEN,
        called="pace of decisions in a campaign",
        says="reviews that such a campaign adds for every usual one: it is directed from day to day")
    drive_half_life: Quantity = number(20, unit="days", low=1, high=365, doubt=(10, 40), source=SEEN,
        called="half-life of a paused campaign",
        says="time in which a paused campaign loses half its drive")
    drive_gain: Quantity = number(0.15, unit="per day", low=0, high=1, doubt=(0.05, 0.3),
        called="drive gained by attacking",
        says="share of the missing drive that a day of offensive adds")
    licence_gain: Quantity = number(1.5, unit="licence", low=0, high=5, doubt=(0.8, 2.2), source=SEEN,
        called="licence for ground to be won",
        says="licence that a patron gives for ground that it claims and could win; Berman and Lake (2019) on shared aims")
    licence_danger: Quantity = number(0.5, unit="licence", low=0, high=5, doubt=(0.2, 0.8), source=SEEN,
        called="licence for a client in danger",
        says="licence that it gives a client in full danger")
    licence_cost: Quantity = number(1, unit="licence", low=0, high=5, doubt=(0.5, 1.5), source=SEEN,
        called="licence withheld for fear of a clash",
        says="licence that it takes back for ties and soldiers that a clash with the other guarantor would cost it")
    danger_of_lost_ground: Quantity = number(3, unit="danger per share of ground", low=0, high=20, doubt=(2, 5),
        called="danger of lost ground",
        says="danger that lost ground means: at 3, losing a third of it is as dangerous as being overrun")
    entrenched_price: Quantity = number(0.15, unit="utility", low=0, high=3, doubt=(0, 0.3),
        called="price of attacking a dug-in line",
        says="price of going on the offensive against a line that is dug in")
    entrench_half_life: Quantity = number(1000, unit="days", low=30, high=36500, doubt=(500, 3000),
        called="time to dig in",
        says="time in which a line that stands digs half of what is left to dig; on the Korean line two years sufficed")
    mobilise_rate: Quantity = number(0.07, unit="per day", low=0, high=1, doubt=(0.04, 0.12),
        called="pace of mobilisation",
        says="share of the gap to its posture mobilised daily")
    mobilised_half_life: Quantity = number(60, unit="days", low=1, high=3650, doubt=(30, 120),
        called="half-life of mobilisation",
        says="time in which mobilised forces go home by half")
    hidden_intent: Quantity = number(0.12, unit="utility", low=0, high=2, doubt=(0.1, 0.2), source=TRIAL,
        called="intent that nobody outside knows",
        says="standard deviation of what an actor wants and nobody outside knows; drawn once per world")
    losses_half_life: Quantity = number(14, unit="days", low=1, high=365, doubt=(7, 28),
        called="half-life of felt losses",
        says="time in which own dead are half forgotten")
    shock: Quantity = number(0.25, unit="share", low=0.01, high=1, doubt=(0.15, 0.4),
        called="losses that force a review",
        says="rise of felt losses in one day that makes an actor review at once")
    patron_support_at_rest: Quantity = number(0.35, unit="share", low=0, high=1, doubt=(0.25, 0.45), source=TRIAL,
        called="strength of a guarantor at rest",
        says="share of a guarantor's strength that counts for its side while it honours the deal")
    tripwire_troops: Quantity = number(5000, unit="troops", low=100, high=200000, doubt=(3000, 8000), source=TRIAL,
        called="troops that make a tripwire",
        says="guarantor troops on the line at which the tripwire is 1 - 1/e")
    # --- clash
    local_rate: Quantity = number(0.40, unit="violations per presence and day", low=0, high=5, doubt=(0.2, 0.7), source=TRIAL,
        called="fire that nobody ordered",
        says="fire that nobody ordered, of an undisciplined formation in full contact")
    harass_rate: Quantity = number(0.55, unit="violations per presence and day", low=0, high=10, doubt=0.3, source=TRIAL,
        called="fire when harassing",
        says="ordered fire at posture harass")
    strike_rate: Quantity = number(0.38, unit="violations per presence and day", low=0, high=10, doubt=(0.12, 1.4), source=FITTED,
        called="fire when striking",
        says="ordered fire at posture strike")
    offensive_rate: Quantity = number(0.54, unit="violations per presence and day", low=0, high=10, doubt=(0.32, 1.3), source=FITTED,
        called="fire in an offensive",
        says="ordered fire at posture offensive")
    aggressiveness_spread: Quantity = number(0.5, unit="sd of the logarithm", low=0, high=2, doubt=(0.3, 0.8),
        called="differences between commanders",
        says="lasting differences between local commanders; drawn once per world, mean 1")
    watch: Quantity = number(0.6, unit="share", low=0, high=1, doubt=(0.3, 0.8),
        called="ordered fire that monitors prevent",
        says="ordered fire that full monitoring prevents below war")
    calm: Quantity = number(0.4, unit="share", low=0, high=1, doubt=(0.3, 0.6),
        called="unordered fire that monitors prevent",
        says="localised fire that full monitoring prevents")
    buffer_effect: Quantity = number(0.6, unit="share", low=0, high=1, doubt=(0.4, 0.8),
        called="contact that a buffer removes",
        says="contact that a very deep buffer removes; Fortna (2003)")
    buffer_scale: Quantity = number(10, unit="km", low=0.5, high=100, doubt=(5, 20),
        called="depth at which a buffer works",
        says="depth at which a buffer has 1 - 1/e of its effect")
    branching_rest: Quantity = number(0.42, unit="answers per violation", low=0, high=0.99, doubt=(0.37, 0.5), source="Lewis et al. 2012: 37-50 % of events answered earlier ones",
        called="answers to fire, at ease",
        says="answers that a violation provokes among parties at ease")
    branching_most: Quantity = number(1.0, unit="answers per violation", low=0, high=1.5, doubt=(0.85, 1.2), source=TRIAL,
        called="answers to fire, in distrust",
        says="the same in full distrust and at war; at 1 and above fire feeds on itself")
    distrust_in_readiness: Quantity = number(0.6, unit="share", low=0, high=1, doubt=(0.4, 0.8),
        called="part of distrust in answers to fire",
        says="how much of the readiness to answer is distrust, not posture")
    heat_kept: Quantity = number(0.95, unit="per day", low=0, high=0.999, doubt=(0.93, 0.975), source="Lewis et al. 2012: memory of at most 2-6 weeks",
        called="urge to answer, kept for a day",
        says="urge to answer that is left a day later")
    spill: Quantity = number(0.2, unit="share", low=0, high=1, doubt=(0, 0.4),
        called="weight of fire next door",
        says="weight of fire in neighbouring sectors against fire in one's own")
    line_speed: Quantity = number(0.02, unit="share of a sector per day", low=0, high=1, doubt=(0.01, 0.03),
        called="pace of an advance",
        says="ground that an unopposed offensive takes; M5 towns of 2019-20 fell in about 8 weeks")
    facing_half: Quantity = number(0.2, unit="presence", low=0.001, high=100, doubt=(0.1, 0.4),
        called="enemies that draw half the fire",
        says="enemy forces in a sector among which half of a formation finds a target")
    line_by_strike: Quantity = number(0.02, unit="share", low=0, high=1, doubt=(0, 0.05),
        called="ground taken by strikes",
        says="ground that strikes take, against an offensive")
    order_on_excluded: Quantity = number(0.5, unit="share", low=0, high=1, doubt=(0.25, 0.75),
        called="reach of an order to those left out",
        says="how far an order to cease reaches a party that the deal excludes")
    # --- suffer
    deaths_mean_calm: Quantity = number(0.68, unit="deaths", low=0.01, high=50, doubt=(0.19, 1.7), source=FITTED,
        called="deaths of a violation in calm",
        says="mean deaths per violation in calm, before the cap and before rounding down")
    deaths_mean_strike: Quantity = number(2.4, unit="deaths", low=0.01, high=50, doubt=(0.45, 6.5), source=FITTED,
        called="deaths of a striker's violation",
        says="the same, of a striker")
    deaths_mean_offensive: Quantity = number(10, unit="deaths", low=0.01, high=100, doubt=(4.4, 15), source=FITTED,
        called="deaths of a violation in an offensive",
        says="the same, in an offensive")
    deaths_tail: Quantity = number(2.2, unit="tail index", low=1.05, high=6, doubt=(1.4, 2.6), source="ASSUMED; 1.4-1.75 on the one-event days of UCDP GED, north-west Syria 2017-19",
        called="tail of the deaths of a violation",
        says="tail index of deaths per violation (Lomax): lower is heavier, at the same mean")
    deaths_cap: Quantity = number(80, unit="deaths", low=1, high=1000, doubt=(60, 120),
        called="most deaths of a violation",
        says="most deaths of one violation")
    all_out: Quantity = number(1.4, unit="share of the war's toll", low=0.1, high=20, doubt=(1.1, 1.7), source="the five Idlib deals: 1.1 to 1.7 by the fitted numbers",
        called="deaths of an all-out fortnight",
        says="deaths of a fortnight in which all attack, against the war's worst; a war's deadliness is worked out from it")
    civilians_half: Quantity = number(170000, unit="persons", low=1000, high=10_000_000, doubt=(58000, 470000), source=FITTED,
        called="civilians who draw half the fire",
        says="civilians in a sector at which half of the fire that could hit them does")
    flight_per_death: Quantity = number(215, unit="persons per civilian death", low=0, high=5000, doubt=(100, 400), source="80,000 displaced and 372 civilians killed in Idlib, 17 Sep 2018 - 29 Apr 2019 (Wikipedia, 2018 Idlib demilitarization)",
        called="flight for a civilian death",
        says="people who flee for every civilian killed")
    flight_offensive: Quantity = number(0.005, unit="share of a sector's civilians per day", low=0, high=1, doubt=(0.002, 0.01),
        called="flight from an offensive",
        says="people who flee a ground offensive before it reaches them; 948,000 of 3 million in 12 weeks of 2019-20")
    flight_half_life: Quantity = number(30, unit="days", low=1, high=365, doubt=(15, 60),
        called="half-life of an inflow",
        says="time in which an inflow is half absorbed")
    inflow_scale: Quantity = number(50000, unit="persons", low=100, high=10_000_000, doubt=(25000, 100000),
        called="inflow that presses a host",
        says="recent inflow at which a host feels 1 - 1/e of the pressure")
    # --- blame
    q0: Quantity = number(0.5, unit="probability", low=0, high=1, doubt=(0.3, 0.7),
        called="attribution with nobody watching",
        says="chance that a violation is attributed rightly with nobody watching")
    vagueness_cost: Quantity = number(0.4, unit="share", low=0, high=1, doubt=(0.2, 0.6),
        called="cost of vague terms",
        says="right attribution, and the cost of breaking one's word, lost when terms are wholly vague; Park (2023)")
    trust_kept: Quantity = number(0.99, unit="per day", low=0.5, high=0.9999, doubt=(0.98, 0.995), source=TRIAL,
        called="trust kept for a day",
        says="belief about the other side kept each day")
    tolerance: Quantity = number(0.25, unit="severity per presence and day", low=0.001, high=1000, doubt=(0.1, 0.5),
        called="violence that still counts as calm",
        says="felt violence, per formation of the other side, at which a day counts 1/e as kept")
    felt_strategic: Quantity = number(1.0, unit="severity per violation", low=0, high=10, doubt="none", source="fixes the scale of severity",
        called="blame for an ordered violation",
        says="how much an ordered violation is held against the side that committed it")
    felt_spoiling: Quantity = number(0.6, unit="severity per violation", low=0, high=10, doubt=0.3,
        called="blame for a spoiler's violation",
        says="the same, by an excluded party; Sticher (2022) for the kinds")
    felt_retaliatory: Quantity = number(0.5, unit="severity per violation", low=0, high=10, doubt=0.3,
        called="blame for an answer to fire",
        says="the same, for an answer to fire")
    felt_localised: Quantity = number(0.2, unit="severity per violation", low=0, high=10, doubt=0.3,
        called="blame for fire nobody ordered",
        says="the same, for fire that nobody ordered")
    felt_per_death: Quantity = number(0.5, unit="severity per death", low=0, high=10, doubt=0.3,
        called="blame for a death",
        says="what a death adds to the severity of a violation")
    spoiler_blame: Quantity = number(0.8, unit="probability", low=0, high=1, doubt=(0.5, 1.0),
        called="blame on a side for its spoiler",
        says="chance that a side is blamed for its excluded party, or takes fire at it for a violation")
    blame_kept: Quantity = number(0.95, unit="per day", low=0, high=0.999, doubt=(0.9, 0.98),
        called="blame kept for a day",
        says="blame that an actor still carries a day later")
    blame_scale: Quantity = number(5, unit="severity a day", low=0.1, high=500, doubt=(2, 10),
        called="severity that makes blame",
        says="attributed severity at which blame is 1 - 1/e")
    # --- bind
    ties_recover: Quantity = number(0.01, unit="per day", low=0, high=1, doubt=(0.005, 0.02),
        called="recovery of ties",
        says="share of the gap to their level that ties regain")
    ties_hit: Quantity = number(0.3, unit="ties per 20 dead", low=0, high=5, doubt=(0.15, 0.5),
        called="ties lost for a guarantor's dead",
        says="ties lost when a guarantor's soldiers die at the other side's hands")
    capability_drift: Quantity = number(0.08, unit="sd of the logarithm per root year", low=0, high=2, doubt=(0.02, 0.15),
        called="drift of strength",
        says="slow change of relative strength")
    commitment_drift: Quantity = number(0.08, unit="sd per root year", low=0, high=2, doubt=(0.02, 0.15),
        called="drift of a patron's commitment",
        says="slow change of a patron's commitment; Kenwick")
    ground_half_life: Quantity = number(180, unit="days", low=1, high=3650, doubt=(90, 365),
        called="time to accept lost ground",
        says="time in which a side half comes to terms with lost ground")
    power_memory: Quantity = number(365, unit="days", low=7, high=3650, doubt=(180, 730),
        called="memory of the balance of power",
        says="half-life of the balance of power that actors hold for normal")
    power_shift_scale: Quantity = number(0.2, unit="odds", low=0.01, high=1, doubt=(0.1, 0.3),
        called="shift of power that is felt",
        says="fall of the odds that is felt as a full shift against oneself")
    resolve_half_life: Quantity = number(365, unit="days", low=7, high=36500, doubt=(180, 730), source=TRIAL,
        called="half-life of shown resolve",
        says="time in which shown resolve is half forgotten with no troops on the line")
    resolve_kept_by_tripwire: Quantity = number(0.9, unit="share", low=0, high=1, doubt=(0.6, 0.95), source=TRIAL,
        called="resolve that a tripwire keeps",
        says="forgetting of resolve that a full tripwire prevents")
    resolve_gain: Quantity = number(0.03, unit="per day", low=0, high=1, doubt=(0.01, 0.06),
        called="resolve shown by striking",
        says="resolve shown by a day of a guarantor's strikes")
    weariness_gain: Quantity = number(0.01, unit="per day", low=0, high=1, doubt=(0.005, 0.02),
        called="weariness gained in war",
        says="weariness gained on a day of full war")
    weariness_half_life: Quantity = number(730, unit="days", low=7, high=36500, doubt=(365, 1460),
        called="half-life of weariness",
        says="time in which a calm truce halves weariness")
    attention_half_life: Quantity = number(90, unit="days", low=1, high=3650, doubt=(45, 180),
        called="half-life of the world's attention",
        says="time in which the world looks away by half")
    attention_rise: Quantity = number(0.1, unit="per day", low=0, high=1, doubt=(0.05, 0.2),
        called="rise of the world's attention",
        says="share of the gap to the news and to outside urging that attention gains")
    terms_accepted: Quantity = number(150, unit="days", low=1, high=3650, doubt=(75, 300),
        called="time to live with an unmet term",
        says="time constant in which parties come to live with an unmet term")
    abrogation_rate: Quantity = number(0.001, unit="per day", low=0, high=1, doubt=(0.0003, 0.003),
        called="chance of renouncing the deal",
        says="chance that a distrustful party at war renounces the deal")
    # --- talks
    renewal_urging: Quantity = number(0.3, unit="utility", low=0, high=3, doubt=(0.1, 0.6),
        called="weight of mediators on a renewal",
        says="what full outside urging adds to the worth of a renewal; mediators press for the next term")
    lapse_days: Quantity = number(14, unit="days", low=0, high=365, doubt=(7, 30),
        called="days that war is put down to a lapse",
        says="days after a lapse or a renunciation within which a return to war is put down to it")
    talks_at: Quantity = number(0.15, unit="share of the war's toll", low=0.001, high=1, doubt=(0.08, 0.3),
        called="deaths that bring talks",
        says="14-day deaths that bring the guarantors to the table")
    talks_rate: Quantity = number(0.1, unit="per day", low=0, high=1, doubt=(0.05, 0.2), source=TRIAL,
        called="chance of talks a day",
        says="chance of talks a day with a hotline and full ties")
    mediation: Quantity = number(0.3, unit="share", low=0, high=1, doubt=(0.1, 0.5),
        called="mediators beside the hotline",
        says="what full outside urging adds to the hotline")
    talks_spacing: Quantity = number(7, unit="days", low=1, high=365, doubt=(4, 14),
        called="days between talks",
        says="fewest days between two rounds of talks")
    talks_heat_left: Quantity = number(0.2, unit="share", low=0, high=1, doubt=(0.1, 0.4), source="OSCE SMM, Donbas: recommitments cut violations by 85 % (July 2018) and 97 % (July 2020)",
        called="urge to answer, left after talks",
        says="urge to answer fire that is left after talks")
    talks_trust: Quantity = number(0.3, unit="share", low=0, high=1, doubt=(0.1, 0.5),
        called="trust that talks restore",
        says="share of the trust lost since signing that talks restore")
    talks_ties: Quantity = number(0.1, unit="share", low=0, high=1, doubt=(0.05, 0.2),
        called="ties that talks restore",
        says="share of the missing ties that talks restore")
    order_effect: Quantity = number(0.9, unit="share", low=0, high=1, doubt=(0.5, 0.95), source="OSCE SMM, Donbas: recommitments cut violations by 85 % (July 2018) and 97 % (July 2020)",
        called="fire that an order to cease stops",
        says="unordered fire that a fresh order to cease stops")
    order_half_life: Quantity = number(25, unit="days", low=1, high=365, doubt=(15, 40), source="OSCE SMM, Donbas, 2017-18: violations doubled every 4.0-5.4 weeks after a recommitment",
        called="half-life of an order to cease",
        says="time in which an order to cease is half forgotten")
    # --- judge
    offensive_days: Quantity = number(2, unit="days", low=1, high=60, doubt="none", source="defines the operational end",
        called="days of offensive that end a deal",
        says="days of offensive by one party, within offensive_window, that are the end of the ceasefire")
    offensive_window: Quantity = number(5, unit="days", low=1, high=14, doubt="none", source="defines the operational end",
        called="window of these days",
        says="days within which these days of offensive must lie")
    war_share: Quantity = number(0.5, unit="share of the war's toll", low=0.01, high=5, doubt="none", source="defines the operational end",
        called="deaths that end a deal",
        says="14-day deaths, against the war's, that end the ceasefire")
    war_floor: Quantity = number(38, unit="deaths in 14 days", low=0, high=100000, doubt="none", source="UCDP: 1,000 battle deaths in a year are a war; 38 of them fall in 14 days",
        called="fewest deaths that are war",
        says="fewest deaths in 14 days that are war again, however small the war was")
    clash_deaths: Quantity = number(30, unit="deaths", low=1, high=10000, doubt=(15, 60),
        called="soldiers' deaths that make a clash",
        says="soldiers of guarantors killed by one another in 14 days, while both strike, that make it their own war")
# fmt: on
