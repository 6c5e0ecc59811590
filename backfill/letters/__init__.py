"""What every letter needs: the sender, languages, addresses, how to pay, typesetting, mails."""
