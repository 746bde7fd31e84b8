"""What an agency brings along from the system it kept its money in before: proposed by one person, approved by another."""
