"""What the commands of each noun mean for the books: OCPP's words in, the garage's words out."""
