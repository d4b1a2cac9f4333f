//! What goes wrong on the school's server, as problems.

use axum::http::StatusCode;
use campaign::Refused;
use campaign::accounts::AccountError;
use campaign::register::RegisterError;
use campaign::settings::SettingsError;
use capture::desk::DeskError;
use roster::table::TableFault;
use seal::identity::IdProblem;
use store::objects::ObjectError;

use super::Problem;

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        match error {
            RegisterError::Unknown => Self::unknown(),
            RegisterError::Taken => Self::new(StatusCode::CONFLICT, "taken", zh, en),
            RegisterError::Refused(Refused::Stale) => Self::stale(),
            RegisterError::Refused(Refused::NotAllowed { .. }) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", zh, en)
            }
            RegisterError::OpenErrors(_)
            | RegisterError::Undecided(..)
            | RegisterError::Plan(_)
            | RegisterError::Refused(Refused::NotNow { .. }) => {
                Self::new(StatusCode::CONFLICT, "not-now", zh, en)
            }
            RegisterError::Lacking(_) => Self::new(StatusCode::CONFLICT, "lacking", zh, en),
            RegisterError::Reason(_) | RegisterError::Unusable(..) => Self::unusable(zh, en),
            RegisterError::Damaged(_) | RegisterError::Store(_) => Self::internal(en),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        let kind = |status, kind| Self::new(status, kind, zh.clone(), en.clone());
        match error {
            AccountError::Wrong => kind(StatusCode::UNAUTHORIZED, "wrong-password"),
            AccountError::Locked { .. } => kind(StatusCode::TOO_MANY_REQUESTS, "locked"),
            AccountError::Taken => kind(StatusCode::CONFLICT, "taken"),
            AccountError::Unknown => Self::unknown(),
            AccountError::Stale => Self::stale(),
            AccountError::Password(_) | AccountError::Scope(..) | AccountError::NotOnRoster => {
                Self::unusable(zh, en)
            }
            AccountError::Log(_) | AccountError::Damaged(_) | AccountError::Store(_) => Self::internal(en),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        match error {
            DeskError::Unknown | DeskError::Objects(ObjectError::Missing(_)) => Self::unknown(),
            DeskError::Stale => Self::stale(),
            DeskError::Decided | DeskError::OwnRequest => Self::new(StatusCode::CONFLICT, "not-now", zh, en),
            DeskError::Damaged(_) | DeskError::Objects(_) | DeskError::Store(_) => Self::internal(en),
            _ => Self::unusable(zh, en),
        }
    }
}

impl From<schedule::Fault> for Problem {
    fn from(fault: schedule::Fault) -> Self {
        Self::unusable(format!("时间安排有误：{fault}"), fault.to_string())
    }
}

impl From<TableFault> for Problem {
    fn from(fault: TableFault) -> Self {
        Self::unusable(fault.zh(), fault.to_string())
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        let (line, message) = (error.line, &error.message);
        Self::unusable(format!("第 {line} 行：{message}"), error.to_string())
    }
}

impl From<IdProblem> for Problem {
    fn from(problem: IdProblem) -> Self {
        Self::unusable(problem.zh(), problem.to_string())
    }
}
