"""The outside view: how long deals like this one last, from five facts and from the earlier deals of the conflict.

    log T = x.b + c(conflict, day) + k(country, open or fixed term) + g(country) + e

The modules, in the order in which they use each other: `interval_likelihood` (a normal variable seen in an interval),
`expectation_propagation` (inference), `coded_deals` (deals and what is known of them on a day), `parameters`,
`effect_states` (posterior of the effects on a day, and forecasts from it), `fit`, `end_of_term` (the second clock),
`shipped_numbers` (files beside the code), `deal_files` (what users write), `forecast` (the public call), `explanation`.
"""
