"""How documents, reminders and statements reach the customer: mails, their files, what was sent."""
