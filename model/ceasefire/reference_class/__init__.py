"""What ceasefires like this one did: coded deals, and forecasts that are learnt from them."""
