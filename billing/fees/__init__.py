"""What the agency charges: agreements, the rule that applies to a payment, and its sentence."""
