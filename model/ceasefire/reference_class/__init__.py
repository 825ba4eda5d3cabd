"""Many past ceasefires: coded features, scenarios made from them, and the fit of how intractable each case is."""
