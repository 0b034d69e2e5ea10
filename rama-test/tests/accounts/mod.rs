//! Versions of one module, as they follow each other in the life of an application.

use rama_core::prelude::*;

/// Money for an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deposit {
    pub(crate) account: i64,
    pub(crate) cents: u64,
}

/// What the topology that counts does not take from some version on.
pub(crate) const UNLUCKY: u64 = 13;

fn refuse_unlucky(cents: u64) -> Result<(), std::fmt::Error> {
    if cents == UNLUCKY { Err(std::fmt::Error) } else { Ok(()) }
}

/// The first version.
pub(crate) mod first {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);
            depot *closings: i64, hash_by(|account| *account);

            stream balance {
                pstate $$balances: Map<i64, u64>;
                pstate $$closed: Map<i64, bool>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$balances);

                    source(*closings) :> account;
                    local_transform([keypath(account), termval(true)], $$closed);
                }
            }

            stream count {
                pstate $$counts: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, .. };
                    local_transform([keypath(account), nil_to_val(0), term(|count| count + 1)], $$counts);
                }
            }
        }
    }
}

/// The same declarations, turned around.
pub(crate) mod turned {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *closings: i64, hash_by(|account| *account);
            depot *deposits: Deposit, hash_by(account);

            stream count {
                pstate $$counts: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, .. };
                    local_transform([keypath(account), nil_to_val(0), term(|count| count + 1)], $$counts);
                }
            }

            stream balance {
                pstate $$closed: Map<i64, bool>;
                pstate $$balances: Map<i64, u64>;

                sources! {
                    source(*closings) :> account;
                    local_transform([keypath(account), termval(true)], $$closed);

                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$balances);
                }
            }
        }
    }
}

/// A topology is gone, though not its PState, and another one is new.
pub(crate) mod changed {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);
            depot *closings: i64, hash_by(|account| *account);

            stream recent {
                pstate $$recent: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$recent);
                }
            }

            stream balance {
                pstate $$balances: Map<i64, u64>;
                pstate $$closed: Map<i64, bool>;
                pstate $$counts: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$balances);

                    source(*closings) :> account;
                    local_transform([keypath(account), termval(true)], $$closed);
                }
            }
        }
    }
}

/// Everything that the first version had and the one that changed it; what counts has become choosy.
pub(crate) mod grown {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);
            depot *closings: i64, hash_by(|account| *account);

            stream balance {
                pstate $$balances: Map<i64, u64>;
                pstate $$closed: Map<i64, bool>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$balances);

                    source(*closings) :> account;
                    local_transform([keypath(account), termval(true)], $$closed);
                }
            }

            stream count {
                pstate $$counts: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|count| count + 1)], $$counts);
                    refuse_unlucky(cents)?;
                }
            }

            stream recent {
                pstate $$recent: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, cents };
                    local_transform([keypath(account), nil_to_val(0), term(|sum| sum + cents)], $$recent);
                }
            }
        }
    }
}

/// A PState is gone.
pub(crate) mod without_pstate {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);
            depot *closings: i64, hash_by(|account| *account);

            stream balance {
                pstate $$balances: Map<i64, u64>;
                pstate $$closed: Map<i64, bool>;
            }
        }
    }
}

/// A depot is gone.
pub(crate) mod without_depot {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);

            stream balance {
                pstate $$balances: Map<i64, u64>;
                pstate $$closed: Map<i64, bool>;
                pstate $$counts: Map<i64, u64>;
            }
        }
    }
}

/// Another module.
pub(crate) mod other {
    use super::*;

    defmodule! {
        /// Has nothing to do with accounts.
        pub(crate) Orders {
            depot *deposits: Deposit, hash_by(account);
        }
    }
}

/// A topology with two sources on one depot.
pub(crate) mod twice {
    use super::*;

    defmodule! {
        /// The accounts of a bank, which were counted twice all along.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);

            stream count {
                pstate $$counts: Map<i64, u64>;
                pstate $$again: Map<i64, u64>;

                sources! {
                    source(*deposits) :> Deposit { account, .. };
                    local_transform([keypath(account), nil_to_val(0), term(|count| count + 1)], $$counts);

                    source(*deposits) :> Deposit { account, .. };
                    local_transform([keypath(account), nil_to_val(0), term(|count| count + 1)], $$again);
                }
            }
        }
    }
}

/// The same while nobody counts.
pub(crate) mod twice_paused {
    use super::*;

    defmodule! {
        /// The accounts of a bank.
        pub(crate) Accounts {
            depot *deposits: Deposit, hash_by(account);

            stream count {
                pstate $$counts: Map<i64, u64>;
                pstate $$again: Map<i64, u64>;
            }
        }
    }
}
