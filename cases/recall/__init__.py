"""A client asks for a case back: the rules are shown, the agency answers, and what is left of the claim goes back."""
