"""All parts of the emulated far side, built once and started together."""

from __future__ import annotations

from integrations.emulator.chatwoot_desk import ChatwootDesk, ChatwootRoute
from integrations.emulator.clock import Clock, CounterClock
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.courier import Courier, Route, Tools
from integrations.emulator.faults import Faults
from integrations.emulator.feed import Feed
from integrations.emulator.gifts import Gifts
from integrations.emulator.imap import Folders, ImapServer
from integrations.emulator.line_menus import RichMenus
from integrations.emulator.line_notices import Notices
from integrations.emulator.line_people import Chats, People
from integrations.emulator.line_phone import Phone
from integrations.emulator.line_send import Desk, Outbox
from integrations.emulator.line_tokens import AccessTokens, ReplyTokens, RetryKeys
from integrations.emulator.line_webhook import LineEvents, WebhookRoute
from integrations.emulator.office import Office
from integrations.emulator.outgoing import HttpSender
from integrations.emulator.smtp import MailBox, MailServer, Reception
from integrations.emulator.store import Store
from integrations.emulator.twilio_messages import CallbackRoute, InboundRoute, TwilioMessages
from integrations.emulator.vonage_messages import VonageMessages, VonageRoute
from integrations.emulator.wire import Wire


class World:
    """LINE, Twilio, mail, the gift vendor, Chatwoot and an office's own system, with the people whom they reach."""

    def __init__(self, config: EmulatorConfig) -> None:
        self.config = config
        self.store = Store(config.store)
        self.clock = Clock()
        self.feed = Feed()
        self.wire = Wire()
        self.faults = Faults()
        self._sender = sender = HttpSender(anywhere=config.allow_non_loopback)
        self.counter_clock = CounterClock(self.clock, sender, config.counter_url)
        self.access_tokens = AccessTokens(self.clock, config.line_channel_access_token)
        replies = ReplyTokens(self.clock)

        self.chats = Chats(self.store, self.feed, self.clock)
        self.sms = TwilioMessages(config, self.store, self.feed, self.clock)
        self.mailbox = MailBox(self.store, self.feed, self.clock)
        self.feed.revive([*self.chats.revived, *self.sms.revived, *self.mailbox.revived])
        self.people = People(self.store, self.feed)
        self.menus = RichMenus(self.store, self.feed)
        self.gifts = Gifts(self.store, self.clock)
        self.chatwoot = ChatwootDesk(self.store)
        self.office = Office(config.webhook_secrets)

        tools = Tools(self.store, self.faults, sender, self.wire, self.clock)
        self.vonage = VonageMessages(self.sms)
        routes = {**_routes(config, replies, self.sms), "vonage.callback": VonageRoute(config, self.vonage)}
        self.courier = Courier(tools, routes, senders=config.senders)
        self.chatwoot.courier = self.courier
        events = LineEvents(self.clock, self.counter_clock, self.courier)
        self.phone = Phone(self.people, self.chats, events, self.clock)
        self.outbox = Outbox(self._desk(replies))
        self.notices = Notices(self.outbox, self.people, self.chats, events, self.clock)
        self.returned = Folders("Done")
        reception = Reception(self.mailbox, self.returned, self.faults, self.wire, self.clock)
        self.mail_server = MailServer(reception, config.host, config.smtp_port)
        self.imap_server = _imap_server(config, self.returned)

    def _desk(self, replies: ReplyTokens) -> Desk:
        return Desk(
            people=self.people,
            chats=self.chats,
            clock=self.clock,
            store=self.store,
            replies=replies,
            retries=RetryKeys(self.clock),
            strict=self.config.strict,
        )

    def start(self) -> None:
        """Listen for mail, deliver what waits, look for the counter's clock."""
        self.mail_server.start()
        if self.imap_server:
            self.imap_server.start()
        self.courier.start()
        self.counter_clock.start()

    def stop(self) -> None:
        """End all threads; what is not delivered is in the store."""
        self.counter_clock.stop()
        self.courier.stop()
        self._sender.close()
        self.mail_server.stop()
        if self.imap_server:
            self.imap_server.stop()
        self.store.close()


def _imap_server(config: EmulatorConfig, returned: Folders) -> ImapServer | None:
    return None if config.imap_port is None else ImapServer(returned, config.host, config.imap_port)


def _routes(config: EmulatorConfig, replies: ReplyTokens, sms: TwilioMessages) -> dict[str, Route]:
    """The ways on which the far side calls the counter."""
    return {
        "webhook": WebhookRoute(config, replies),
        "twilio.callback": CallbackRoute(config, sms),
        "twilio.inbound": InboundRoute(config),
        "chatwoot.webhook": ChatwootRoute(config),
    }
