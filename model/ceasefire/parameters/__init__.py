"""What the rules compute with: sourced values, mechanisms (numbers of the rules), indicators (what actors can see)."""
