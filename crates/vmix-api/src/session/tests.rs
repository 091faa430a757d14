//! The state machine without a socket and without a clock.

use super::*;
use crate::codec::Codec;
use bytes::BytesMut;
use ifbus_link::{Codec as _, End};

struct Bench {
    session: VmixSession,
    actions: Actions<VmixSession>,
    show: watch::Receiver<Arc<Show>>,
    codec: Codec,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let settings = Settings {
            tally: true,
            acts: true,
            mirror: true,
            reread_after: Duration::from_secs(1),
            reread_every: Some(Duration::from_secs(30)),
            settle: Duration::from_secs(1),
            patience: Duration::from_secs(20),
        };
        let (sender, show) = watch::channel(Arc::new(Show { stale: true, ..Show::default() }));
        let now = Instant::now();
        let session = VmixSession::new(settings, sender, watch::channel(0).0);
        Self { session, actions: Actions::new(now), show, codec: Codec::default(), now }
    }

    fn open(&mut self) {
        self.session.opened(&mut self.actions);
        self.hear("VERSION OK 29.0.0.49\r\n");
        assert_eq!(self.sent(), ["SUBSCRIBE TALLY"]);
        self.hear("SUBSCRIBE OK TALLY\r\nTALLY OK \r\n");
        assert_eq!(self.sent(), ["SUBSCRIBE ACTS"]);
        self.hear("SUBSCRIBE OK ACTS Subscribed\r\n");
        assert_eq!(self.sent(), ["XML"]);
        assert!(!self.actions.take_ready(), "not before the show is known");
        self.hear("XML 9\r\n<vmix/>\r\n");
        assert!(self.actions.take_ready());
    }

    fn hear(&mut self, text: &str) {
        let mut buffer = BytesMut::from(text.as_bytes());
        while let Some(frame) = self.codec.decode(&mut buffer).unwrap() {
            self.session.handle(frame, &mut self.actions);
        }
    }

    fn sent(&mut self) -> Vec<String> {
        self.actions.take_sends().into_iter().map(|(_, command)| command.line().to_owned()).collect()
    }

    /// Lets time pass, up to when the session wants to be called.
    fn wait(&mut self) -> Duration {
        let at = self.session.timeout().expect("it waits for nothing");
        let waited = at - self.now;
        self.now = at;
        let (sends, events) = (self.actions.take_sends(), self.actions.take_events());
        assert!(sends.is_empty());
        self.actions = Actions::new(at);
        events.into_iter().for_each(|event| self.actions.event(event));
        self.session.handle_timeout(&mut self.actions);
        waited
    }
}

#[test]
fn without_a_banner_it_asks_and_a_web_server_gives_itself_away() {
    let mut bench = Bench::new();
    bench.session.opened(&mut bench.actions);
    assert!(bench.sent().is_empty());
    assert_eq!(bench.wait(), BANNER_GRACE);
    assert_eq!(bench.sent(), ["VERSION"]);
    assert_eq!(bench.session.timeout(), None, "the link keeps the deadline of the login");
    bench.hear("HTTP/1.0 400 Bad Request\r\n");
    assert!(matches!(bench.actions.take_end(), Some(End::Refused(why)) if why.kind == RefusalKind::WrongService));
}

#[test]
fn a_late_banner_and_the_answer_to_the_question_are_one() {
    let mut bench = Bench::new();
    bench.session.opened(&mut bench.actions);
    bench.wait();
    assert_eq!(bench.sent(), ["VERSION"]);
    bench.hear("VERSION OK 29.0.0.49\r\nVERSION OK 29.0.0.49\r\n");
    assert_eq!(bench.sent(), ["SUBSCRIBE TALLY"]);
    assert!(bench.actions.take_events().is_empty());
}

#[test]
fn a_server_that_refuses_the_subscriptions_is_still_of_use() {
    let mut bench = Bench::new();
    bench.session.opened(&mut bench.actions);
    bench.hear("VERSION OK 20.0.0.1\r\n");
    bench.hear("SUBSCRIBE ER Invalid Command\r\nSUBSCRIBE ER Invalid Command\r\nXML ER Unknown\r\n");
    assert!(bench.actions.take_ready());
    assert!(bench.show.borrow().stale, "but nothing is known of the show");
}

#[test]
fn the_document_is_read_again_when_it_may_say_more() {
    let mut bench = Bench::new();
    bench.open();
    assert_eq!(bench.wait(), Duration::from_secs(30), "by itself");
    assert_eq!(bench.sent(), ["XML"]);
    bench.hear("XML 9\r\n<vmix/>\r\n");
    bench.hear("ACTS OK MasterVolume 1\r\n");
    assert_eq!(
        bench.session.timeout(),
        Some(bench.now + Duration::from_secs(30)),
        "a push that says all changes nothing"
    );
    bench.hear("ACTS OK Streaming 1\r\n");
    assert_eq!(bench.wait(), Duration::from_secs(1), "which stream it is, the document says");
    assert_eq!(bench.sent(), ["XML"]);
    // it never answers
    assert_eq!(bench.wait(), Duration::from_secs(20));
    assert!(matches!(bench.actions.take_end(), Some(End::Lost(_))));
}

#[test]
fn a_ping_that_finds_no_answer_makes_way_for_another_question() {
    let mut bench = Bench::new();
    bench.open();
    bench.session.ping(&mut bench.actions);
    assert_eq!(bench.sent(), ["PING"]);
    bench.session.lost();
    bench.open();
    bench.session.ping(&mut bench.actions);
    assert_eq!(bench.sent(), ["XMLTEXT vmix/version"]);
    bench.hear("XMLTEXT OK 29.0.0.49\r\n");
    assert!(bench.actions.take_events().iter().all(|event| !matches!(event, Event::Unknown(_))));
    // a refusal is an answer
    let mut old = Bench::new();
    old.open();
    old.session.ping(&mut old.actions);
    old.sent();
    old.hear("PING ER Unknown Command\r\n");
    old.session.lost();
    old.open();
    old.session.ping(&mut old.actions);
    assert_eq!(old.sent(), ["PING"]);
}

#[test]
fn two_streams_of_which_one_stops_are_told_apart_by_the_document() {
    let mut bench = Bench::new();
    bench.open();
    let body = |channels: &str| {
        let document = format!("<vmix><streaming {channels}>True</streaming></vmix>\r\n");
        format!("XML {}\r\n{document}", document.len())
    };
    bench.wait();
    bench.hear(&body("channel1=\"True\" channel2=\"True\" channel3=\"False\""));
    bench.sent();
    bench.hear("ACTS OK Streaming 0\r\n");
    assert!(bench.show.borrow().streaming.on, "one of them, perhaps");
    bench.wait();
    bench.hear(&body("channel1=\"False\" channel2=\"True\" channel3=\"False\""));
    let streaming = bench.show.borrow().streaming.clone();
    assert_eq!([0, 1, 2].map(|channel| streaming.is_on(Some(channel))), [Some(false), Some(true), Some(false)]);
    bench.hear("ACTS OK Streaming 0\r\n");
    assert_eq!(bench.show.borrow().streaming.is_on(Some(1)), Some(false));
    bench.hear("ACTS OK Streaming 1\r\n");
    let streaming = bench.show.borrow().streaming.clone();
    assert_eq!((streaming.is_on(None), streaming.is_on(Some(1))), (Some(true), None), "which one is not known yet");
}

#[test]
fn who_gives_up_behind_a_reading_is_not_sent() {
    let mut bench = Bench::new();
    bench.open();
    bench.wait();
    assert_eq!(bench.sent(), ["XML"]);
    let ask = |word: &'static str| Command::new(Cow::Borrowed(word), "", Expect::Word(Cow::Borrowed(word)));
    let (gone, here) = (Arc::new(()), Arc::new(()));
    for (slot, command, caller) in [(1, "FUNCTION Cut", &gone), (2, "VERSION", &here)] {
        let submission = Submission { command: ask(command), caller: Arc::downgrade(caller) };
        bench.session.submit(Slot::from_id(slot), submission, &mut bench.actions);
    }
    assert!(bench.sent().is_empty(), "one is with vMix at a time");
    drop(gone);
    bench.hear("XML 9\r\n<vmix/>\r\n");
    assert_eq!(bench.sent(), ["VERSION"]);
    bench.hear("VERSION OK 29.0.0.49\r\n");
    let replies = bench.actions.take_replies();
    assert_eq!(
        replies.iter().map(|(slot, reply)| (slot.id(), reply.is_ok())).collect::<Vec<_>>(),
        [(1, false), (2, true)]
    );
}
