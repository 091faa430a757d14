//! The session without a socket.

use super::*;
use ifbus_link::End;

struct Bench {
    session: YateSession,
    actions: Actions<YateSession>,
}

impl Bench {
    fn new(role: Role) -> Self {
        Self::tracking(role, false)
    }

    fn tracking(role: Role, track: bool) -> Self {
        let settings = Settings {
            role,
            bufsize: 65_536,
            engine_timeout: None,
            handler_timeout: Duration::from_secs(8),
            track,
            locals: vec![("settime".into(), "true".into())],
        };
        let (told, _) = watch::channel(Arc::default());
        let limit = Arc::new(AtomicUsize::new(8192));
        let session =
            YateSession::new(settings, "t".into(), told, limit, calls::Shared::default(), Installs::default());
        Self { session, actions: Actions::new(Instant::now()) }
    }

    fn hear(&mut self, line: &str) {
        self.session.handle(Line::parse(Bytes::copy_from_slice(line.as_bytes())), &mut self.actions);
    }

    fn said(&mut self) -> Vec<String> {
        let lines = self.actions.take_sends().into_iter();
        lines.map(|(_, line)| String::from_utf8([line.head.as_slice(), &line.body].concat()).unwrap()).collect()
    }

    fn open(&mut self) -> Vec<String> {
        self.session.opened(&mut self.actions);
        let said = self.said();
        for line in &said {
            assert!(!self.actions.take_ready());
            if !line.starts_with("%%>connect") {
                let answer = format!("{}:true", line.replacen('>', "<", 1));
                self.hear(&answer);
            }
        }
        assert!(self.actions.take_ready());
        said
    }
}

const LOGIN: [&str; 7] = [
    "%%>setlocal:bufsize:65536",
    "%%>setlocal:timeout:",
    "%%>setlocal:engine.release:",
    "%%>setlocal:engine.nodename:",
    "%%>setlocal:runid:",
    "%%>setlocal:settime:true",
    "%%>setlocal:engine.version:",
];

#[tokio::test]
async fn the_first_lines_depend_on_the_role() {
    assert_eq!(Bench::new(Role::Global).open()[0], "%%>connect:global");
    assert_eq!(Bench::new(Role::Channel).open()[0], "%%>connect:channel");
    assert_eq!(Bench::new(Role::Listener).open(), LOGIN);
    assert_eq!(Bench::new(Role::Script).open(), LOGIN);
}

#[tokio::test]
async fn an_older_engine_without_a_setting_is_no_failure() {
    let mut bench = Bench::new(Role::Global);
    bench.session.opened(&mut bench.actions);
    for line in bench.said() {
        let refused = if line.contains("engine.") {
            format!("{}:false", line.replacen('>', "<", 1))
        } else {
            format!("Error in: {line}")
        };
        bench.hear(&refused);
    }
    assert!(bench.actions.take_ready());
    assert!(bench.actions.take_end().is_none());
}

#[tokio::test]
async fn commands_and_messages_are_told_apart() {
    let mut bench = Bench::new(Role::Global);
    bench.open();
    let install = |name: &str| Ask::Command(Command::Install { name: name.into(), priority: 5, filter: None });
    bench.session.submit(Slot::from_id(1), install("a"), &mut bench.actions);
    bench.session.submit(Slot::from_id(2), Ask::Command(Command::Watch { name: "a".into() }), &mut bench.actions);
    bench.session.submit(Slot::from_id(3), Ask::Message(Bytes::from_static(b":0:x:")), &mut bench.actions);
    assert_eq!(bench.said(), ["%%>install:5:a", "%%>watch:a", "%%>message:t.3:0:x:"]);
    for line in [
        "%%<watch:b:true",
        "%%<message:u.1:true:x:",
        "%%<message:t.x:true:x:",
        "%%<message:t.3:true:x:",
        "%%<watch:a:false",
        "%%<install:5:a:true",
    ] {
        bench.hear(line);
    }
    let told: Vec<u64> = bench.actions.take_replies().into_iter().map(|(slot, _)| slot.id()).collect();
    assert_eq!(told, [3, 2, 1]);
    // a gap: both are in force again
    bench.session.lost();
    let said = bench.open();
    assert!(said.contains(&"%%>install:5:a".to_owned()) && said.contains(&"%%>watch:a".to_owned()), "{said:?}");
}

#[tokio::test]
async fn a_question_is_answered_once() {
    let mut bench = Bench::new(Role::Global);
    bench.open();
    bench.hear("%%>message:q:1:app.test:");
    bench.session.answer(1, Some(Answer::of(b"%%<message:q:true::x")), &mut bench.actions);
    bench.session.answer(1, None, &mut bench.actions);
    bench.session.answer(9, Some(Answer::of(b"no")), &mut bench.actions);
    assert_eq!(bench.said(), ["%%<message:q:true::x"]);
    bench.hear("%%>message:r:1:app.test:");
    bench.session.answer(2, None, &mut bench.actions);
    assert_eq!(bench.said(), ["%%<message:r:false:"]);
    bench.hear("%%>message:s:1:app.test:");
    bench.session.lost();
    bench.session.answer(3, None, &mut bench.actions);
    assert_eq!(bench.said(), Vec::<String>::new());
}

#[tokio::test]
async fn another_server_is_refused_but_only_at_the_beginning() {
    let mut bench = Bench::new(Role::Global);
    bench.session.opened(&mut bench.actions);
    bench.hear("220 mail.example ESMTP");
    assert!(matches!(bench.actions.take_end(), Some(End::Refused(_))));
    let mut bench = Bench::new(Role::Global);
    bench.open();
    bench.hear("220 mail.example ESMTP");
    assert!(bench.actions.take_end().is_none());
    assert!(matches!(bench.actions.take_events().as_slice(), [Notice::Stray(_)]));
}

#[tokio::test]
async fn a_handler_has_less_time_than_the_engine_waits() {
    let mut bench = Bench::new(Role::Global);
    bench.open();
    assert_eq!(bench.session.answer_within(), Duration::from_secs(8));
    let set = Command::SetLocal { name: "timeout".into(), value: "5000".into() };
    bench.session.submit(Slot::from_id(1), Ask::Command(set), &mut bench.actions);
    bench.hear("%%<setlocal:timeout:5000:true");
    assert_eq!(bench.session.answer_within(), Duration::from_millis(4500));
    // for ever, as the engine has it for zero
    let set = Command::SetLocal { name: "timeout".into(), value: "0".into() };
    bench.session.submit(Slot::from_id(2), Ask::Command(set), &mut bench.actions);
    bench.hear("%%<setlocal:timeout:0:true");
    assert_eq!(bench.session.answer_within(), Duration::from_secs(8));
}

#[tokio::test]
async fn what_only_the_calls_are_watched_for_is_no_event() {
    let mut bench = Bench::tracking(Role::Global, true);
    bench.session.opened(&mut bench.actions);
    for line in bench.said() {
        bench.hear(&format!("{}:true", line.replacen('>', "<", 1)));
    }
    bench.actions.take_events();
    let startup = "%%<message::false:chan.startup::id=sip/1";
    bench.hear(startup);
    assert!(bench.actions.take_events().is_empty());
    bench.session.submit(
        Slot::from_id(1),
        Ask::Command(Command::Watch { name: "chan.startup".into() }),
        &mut bench.actions,
    );
    bench.hear(startup);
    assert!(matches!(bench.actions.take_events().as_slice(), [Notice::Message(_)]));
}
