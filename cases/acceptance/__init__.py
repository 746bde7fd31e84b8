"""What the agency accepts from a client, what a case still lacks, and how that is asked for, met, waived or declined."""
