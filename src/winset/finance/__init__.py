"""What is built, who pays, whose bank it is: ballots, projects, portfolios, payments, capital and votes."""
