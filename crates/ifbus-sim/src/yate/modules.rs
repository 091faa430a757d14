//! The handlers that the engine's own modules have for messages, as `handlers` shows them.

type Chain = &'static [(&'static str, u32)];

/// Who handles a message, with priorities, in order.
pub(super) fn chain(name: &str) -> Chain {
    match name {
        "call.route" => {
            &[("javascript", 15), ("cdrbuild", 50), ("fileinfo", 90), ("subscription", 100), ("regexroute", 100)]
        }
        "call.preroute" => &[("javascript", 15), ("regexroute", 100)],
        "call.execute" => &[
            ("javascript", 15),
            ("cdrbuild", 50),
            ("yrtp", 50),
            ("lateroute", 75),
            ("dumb", 90),
            ("wave", 90),
            ("tone", 90),
            ("sip", 90),
            ("conf", 90),
            ("callgen", 100),
            ("callfork", 100),
            ("pbx", 100),
            ("extmodule", 100),
            ("moh", 100),
            ("park", 100),
        ],
        "call.drop" => {
            &[("cdrbuild", 50), ("dumb", 60), ("wave", 60), ("tone", 60), ("sip", 60), ("conf", 60), ("callgen", 100)]
        }
        "chan.dtmf" => &[("conf", 75), ("dumb", 100), ("wave", 100), ("callfork", 100), ("sip", 100), ("yrtp", 150)],
        "chan.attach" => &[
            ("tone", 100),
            ("yrtp", 100),
            ("mux", 100),
            ("wave", 100),
            ("tonedetect", 100),
            ("pbx", 100),
            ("moh", 100),
        ],
        "call.conference" => &[("conf", 150)],
        "chan.masquerade" => &[("dumb", 10)],
        "chan.control" => &[("dumb", 90), ("tone", 90), ("wave", 90), ("sip", 90), ("conf", 90), ("cpuload", 100)],
        "chan.startup" => &[("javascript", 15), ("cdrbuild", 50)],
        "chan.hangup" => &[("javascript", 15), ("yrtp", 50), ("monitoring", 100), ("cdrbuild", 150), ("conf", 150)],
        "chan.disconnected" => &[("javascript", 15)],
        "call.cdr" => &[("cdrfile", 100), ("monitoring", 100)],
        "call.update" | "call.answered" | "call.ringing" => &[("cdrbuild", 50), ("sip", 100)],
        "user.auth" | "user.register" => &[("monitoring", 1), ("regfile", 100)],
        "user.unregister" => &[("regfile", 100)],
        "monitor.query" => &[("cpuload", 100), ("monitoring", 100)],
        "engine.command" => &[
            ("engine", 100),
            ("callgen", 100),
            ("cdrbuild", 100),
            ("rex_debug", 100),
            ("extmodule", 100),
            ("regfile", 100),
            ("accfile", 100),
            ("regexroute", 110),
            ("subscription", 120),
        ],
        "engine.help" => &[("extmodule", 120)],
        "engine.timer" => &[
            ("subscription", 90),
            ("mux", 90),
            ("dumb", 90),
            ("wave", 90),
            ("yrtp", 90),
            ("javascript", 90),
            ("callfork", 90),
            ("tone", 90),
            ("sip", 90),
            ("regfile", 100),
        ],
        "engine.status" => &[
            ("engine", 90),
            ("callgen", 100),
            ("cdrbuild", 100),
            ("rex_debug", 100),
            ("moh", 100),
            ("regfile", 100),
            ("accfile", 100),
            ("subscription", 110),
            ("mux", 110),
            ("dumb", 110),
            ("regexroute", 110),
            ("wave", 110),
            ("yrtp", 110),
            ("javascript", 110),
            ("callfork", 110),
            ("tone", 110),
            ("sip", 110),
            ("tonedetect", 110),
            ("conf", 110),
            ("pbx", 110),
            ("extmodule", 110),
            ("fileinfo", 110),
        ],
        _ => &[],
    }
}
