"""What the rules compute with: sourced values, mechanisms (the numbers of the rules) and indicators (what actors can see)."""
