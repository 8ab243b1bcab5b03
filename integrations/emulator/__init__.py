"""LINE, Twilio and a mail server on loopback, over real HTTP and SMTP, with a page: the far side to test with."""
