//! What the console says of its commands: those that it has here.

/// Who may have a command run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Guest,
    Admin,
}

const COMMANDS: &[(Level, &str, &str, &str)] = &[
    (Level::Guest, "quit", "", "Ends the connection"),
    (Level::Guest, "echo", "[on|off]", "Shows or sets the remote echo"),
    (Level::Guest, "help", "[command]", "Shows all commands, or tells of one"),
    (Level::Guest, "auth", "password", "Gives the password that the other commands need"),
    (Level::Admin, "status", "[overview] [modulename]", "Shows status of all or selected modules or channels"),
    (Level::Admin, "uptime", "", "Shows how long it has run"),
    (Level::Admin, "date", "", "Shows the time"),
    (Level::Admin, "machine", "[on|off]", "Shows or sets the machine mode"),
    (Level::Admin, "output", "[on|off]", "Shows or sets the local output"),
    (Level::Admin, "color", "[on|off]", "Shows or sets the colors of the local output"),
    (Level::Admin, "debug", "[module] [level|objects|on|off]", "Shows or sets the debugging level"),
    (Level::Admin, "drop", "{chan|*|all} [reason]", "Drops one or all calls"),
    (Level::Admin, "call", "chan target", "Makes a call"),
    (Level::Admin, "control", "chan [operation] [param=val] [param=...]", "Controls a channel"),
    (Level::Admin, "reload", "[plugin]", "Reads the configuration again"),
    (Level::Admin, "restart", "[now]", "Restarts the engine, if it is supervised"),
];

/// The line of the module extmodule, in the list of all.
pub(super) const EXTERNAL: &str = "  external [info] [stop scriptname] [[start|restart] scriptname [parameter]]\r\n";

fn usage(name: &str, arguments: &str) -> String {
    if arguments.is_empty() { format!("  {name}\r\n") } else { format!("  {name} {arguments}\r\n") }
}

/// All commands of a level and below.
pub(super) fn all(level: Level) -> String {
    let mine = COMMANDS.iter().filter(|(needed, ..)| *needed <= level);
    let lines = mine.map(|(_, name, arguments, _)| usage(name, arguments));
    std::iter::once("Available commands:\r\n".to_owned()).chain(lines).collect()
}

/// One command.
pub(super) fn one(level: Level, name: &str) -> Option<String> {
    let (_, name, arguments, what) = COMMANDS.iter().find(|(needed, known, ..)| *needed <= level && *known == name)?;
    Some(format!("{}{what}\r\n", usage(name, arguments)))
}
