"""What a debtor does about the money on the page of the claim: pays, proposes a plan, agrees, and has it collected."""
