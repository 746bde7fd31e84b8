"""What the columns of a client's own file mean: proposed, shown beside sample values, corrected, confirmed, remembered."""
