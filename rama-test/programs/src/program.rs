//! A program as a value: a source, its statements, and the operations that they call.

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its number among those of its seed.
    pub number: usize,
    /// Whether it never leaves its task, so that what it writes has an order.
    pub local: bool,
    /// What runs for each record.
    pub body: Vec<Stmt>,
    /// Operations; each calls itself and those before it.
    pub ops: Vec<Op>,
}

/// A record, whose fields are the first variables.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is at home.
    pub key: i64,
    /// Its number, from 1.
    pub seq: i64,
    /// A small number.
    pub a: i64,
    /// Another one.
    pub b: i64,
    /// A short text.
    pub s: String,
}

/// The type of a variable follows from its name, so that names bound in all branches have one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `i64`
    Int,
    /// `String`
    Text,
}

impl Type {
    /// The type of the variables of a name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        if name.starts_with(['s', 't', 'u']) && name != "seq" { Self::Text } else { Self::Int }
    }
}

/// A name that is bound.
#[derive(Clone, Debug)]
pub struct Bind {
    /// The variable.
    pub name: String,
    /// Whether `mut` stands before it.
    pub mutable: bool,
}

/// A value.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A number.
    Int(i64),
    /// A variable. A text moves, so it stands only where it is an argument on its own.
    Var(String),
    /// `(left ⊕ right) % modulus`
    Calc(char, Box<Expr>, Box<Expr>, i64),
    /// `variable + step`, for what is counted and so bounded.
    Step(String, i64),
    /// The length of a text.
    Length(String),
    /// A text.
    Literal(String),
    /// `format!` with variables captured in the text.
    Format(Vec<String>),
    /// A copy of a text.
    Copy(String),
}

/// A condition.
#[derive(Clone, Debug)]
pub enum Cond {
    /// `value < bound`
    Less(Expr, i64),
    /// `value % 2 == 0`
    Even(Expr),
    /// `text.len() > bound`
    Longer(String, usize),
    /// Both.
    And(Box<Cond>, Box<Cond>),
    /// Not that.
    Not(Box<Cond>),
}

/// What stands behind `if`.
#[derive(Clone, Debug)]
pub struct Test {
    /// `let Some(bind) = halve(value)`
    pub half: Option<(Bind, Expr)>,
    /// A condition, also behind the `let`.
    pub cond: Option<Cond>,
}

/// What stands behind `match`.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A number.
    Int(Expr),
    /// `halve(value)`, an option.
    Half(Expr),
}

/// A pattern of `match`.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `1 | 2`
    Ints(Vec<i64>),
    /// `name`
    Name(Bind),
    /// `Some(name)`
    Some(Bind),
    /// `None`
    None,
    /// `_`
    Any,
}

impl Pattern {
    /// What it binds.
    #[must_use]
    pub fn binds(&self) -> Vec<Bind> {
        match self {
            Self::Name(bind) | Self::Some(bind) => vec![bind.clone()],
            Self::Ints(_) | Self::None | Self::Any => Vec::new(),
        }
    }
}

/// An arm of `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What it is for.
    pub pattern: Pattern,
    /// What has to hold too.
    pub guard: Option<Cond>,
    /// What it does.
    pub block: Vec<Stmt>,
}

/// An arm for a stream of an operation.
#[derive(Clone, Debug)]
pub struct StreamArm {
    /// The stream's number.
    pub stream: usize,
    /// Its values.
    pub binds: Vec<Bind>,
    /// What has to hold too.
    pub guard: Option<Cond>,
    /// What it does.
    pub block: Vec<Stmt>,
}

/// What is exploded.
#[derive(Clone, Debug)]
pub enum Items {
    /// Values.
    List(Vec<Expr>),
    /// The numbers from zero to a value modulo a bound.
    Range(Expr, i64),
    /// Pairs of a number and a text.
    Pairs(Vec<(Expr, Expr)>),
}

/// A partitioner.
#[derive(Clone, Debug)]
pub enum Hop {
    /// `|hash(value)`
    Hash(Expr),
    /// `|all()`
    All,
    /// `|global()`
    Global,
    /// `|direct(value modulo tasks)`
    Direct(Expr),
    /// `|shuffle()`
    Shuffle,
}

/// How a read finds values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Exactly one.
    One,
    /// At most one.
    Any,
    /// Each of a set.
    Many,
    /// The same, with `yielding_select`.
    Pages,
}

/// A plain function, which emits once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `twice(i64) -> i64`
    Twice,
    /// `shout(String) -> String`
    Shout,
    /// `both(i64, String) -> (i64, String)`
    Both,
}

/// A variable of a loop.
#[derive(Clone, Debug)]
pub struct LoopVar {
    /// The variable.
    pub bind: Bind,
    /// Whether its type stands there.
    pub typed: bool,
    /// What it begins with.
    pub first: Expr,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let pattern = values;`
    Let(Vec<Bind>, Vec<Expr>),
    /// `values :> pattern;`
    Bring(Vec<Expr>, Vec<Bind>),
    /// `name = value;`
    Assign(String, Expr),
    /// `name += step;`, `name.push_str(…);`
    Add(String, i64),
    /// `function(args) :> pattern;`
    Call(Function, Vec<Expr>, Vec<Bind>),
    /// `explode(items) :> pattern;`
    Explode(Items, Vec<Bind>),
    /// `filter(condition);`
    Filter(Cond),
    /// `let Some(name) = halve(value) else { …; filter(false); };`
    LetElse(Bind, Expr, Vec<Stmt>),
    /// `if … { … } else if … { … } else { … }`
    If(Vec<(Test, Vec<Stmt>)>, Option<Vec<Stmt>>),
    /// `match subject { … }`
    Match(Subject, Vec<Arm>),
    /// `op(args) :> pattern;`
    CallOp(usize, Vec<Expr>, Option<Vec<Bind>>),
    /// `match op(args) { stream(pattern) => … }`
    MatchOp(usize, Vec<Expr>, Vec<StreamArm>),
    /// A partitioner.
    Hop(Hop),
    /// `yield_if_overtime();`
    Yield,
    /// The number of the task.
    Here(Bind),
    /// What is observed: a label and values, on this task. The flag chooses between two ways to write it.
    Write(i64, [Expr; 3], bool),
    /// Adds to the count of a key and the record, at the key's home.
    Count(Expr, Expr),
    /// Adds to the set of a key and the record, at the key's home.
    Mark(Expr, Expr),
    /// Reads what the record before left for a key, at the key's home.
    Read(How, Expr, Bind),
    /// Adds to a number of this task.
    Keep(i64, Expr),
    /// Reads a number of this task.
    Recall(i64, Bind),
    /// `branch { … }`
    Branch(Vec<Stmt>),
    /// `atomic { … }`
    Atomic(Vec<Stmt>),
    /// `anchor 'a1;`
    Anchor(usize),
    /// `from 'a1, 'a2 { … }`
    From(Vec<usize>, Vec<Stmt>),
    /// `loop (variables) { … } :> pattern;`
    Loop(Vec<LoopVar>, Vec<Stmt>, Vec<Bind>),
    /// `emit(stream: values);`; the flag makes them a tuple.
    Emit(Option<usize>, Vec<Expr>, bool),
    /// `continue_with(values);`
    Continue(Vec<Expr>),
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Op {
    /// Its arguments. One called `left` bounds how often it calls itself; the last is the record's number.
    pub params: Vec<Bind>,
    /// The types of its streams.
    pub streams: Vec<Vec<Type>>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// The names of streams.
pub const STREAMS: [&str; 3] = ["first", "second", "third"];

impl Stmt {
    /// The statements inside of a statement, block by block.
    #[must_use]
    pub fn blocks(&self) -> Vec<&[Stmt]> {
        match self {
            Self::If(arms, otherwise) => {
                let blocks = arms.iter().map(|(_, block)| block.as_slice());
                blocks.chain(otherwise.as_deref()).collect()
            }
            Self::Match(_, arms) => arms.iter().map(|arm| arm.block.as_slice()).collect(),
            Self::MatchOp(_, _, arms) => arms.iter().map(|arm| arm.block.as_slice()).collect(),
            Self::LetElse(_, _, block)
            | Self::Branch(block)
            | Self::Atomic(block)
            | Self::From(_, block)
            | Self::Loop(_, block, _) => vec![block],
            _ => Vec::new(),
        }
    }

    /// The names that a statement binds for its own blocks.
    #[must_use]
    pub fn inner(&self) -> Vec<String> {
        let names = |binds: &[Bind]| binds.iter().map(|bind| bind.name.clone()).collect::<Vec<_>>();
        match self {
            Self::If(arms, _) => {
                let binds = arms.iter().filter_map(|(test, _)| test.half.as_ref());
                binds.map(|(bind, _)| bind.name.clone()).collect()
            }
            Self::Match(_, arms) => {
                arms.iter().flat_map(|arm| names(&arm.pattern.binds())).collect()
            }
            Self::MatchOp(_, _, arms) => arms.iter().flat_map(|arm| names(&arm.binds)).collect(),
            Self::Loop(vars, ..) => vars.iter().map(|var| var.bind.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// The variables that a statement binds for those behind it.
    #[must_use]
    pub fn binds(&self) -> Vec<Bind> {
        match self {
            Self::Let(binds, _)
            | Self::Bring(_, binds)
            | Self::Call(_, _, binds)
            | Self::Explode(_, binds)
            | Self::CallOp(_, _, Some(binds))
            | Self::Loop(_, _, binds) => binds.clone(),
            Self::LetElse(bind, ..)
            | Self::Here(bind)
            | Self::Read(_, _, bind)
            | Self::Recall(_, bind) => vec![bind.clone()],
            Self::If(arms, Some(otherwise)) => {
                shared(arms.iter().map(|(_, block)| bound(block)).chain([bound(otherwise)]))
            }
            Self::Match(_, arms) => shared(arms.iter().map(|arm| bound(&arm.block))),
            Self::MatchOp(_, _, arms) => shared(arms.iter().map(|arm| bound(&arm.block))),
            _ => Vec::new(),
        }
    }
}

/// What a block binds at its top.
fn bound(block: &[Stmt]) -> Vec<Bind> {
    block.iter().flat_map(Stmt::binds).collect()
}

/// The names that every branch binds; one that may change in a branch may change behind them.
fn shared(branches: impl Iterator<Item = Vec<Bind>>) -> Vec<Bind> {
    let branches: Vec<Vec<Bind>> = branches.collect();
    let mut found: Vec<Bind> = Vec::new();
    for bind in branches.iter().flatten() {
        let last = |branch: &Vec<Bind>| {
            branch.iter().rev().find(|other| other.name == bind.name).map(|other| other.mutable)
        };
        let mutable: Option<Vec<bool>> = branches.iter().map(last).collect();
        let known = found.iter().any(|other| other.name == bind.name);
        if let (Some(mutable), false) = (mutable, known) {
            found.push(Bind { name: bind.name.clone(), mutable: mutable.contains(&true) });
        }
    }
    found
}
