//! Every word that the server writes into a page, in each language it speaks.
//!
//! The words of the dialogs are in `assets/js/text.js`; the two tables share their tone, not their entries.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English, for everybody whose language is not here.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// The first language of an `Accept-Language` header that the pages speak, by quality (RFC 9110, 12.5.4).
    pub fn from_accept_language(header: Option<&str>) -> Lang {
        let mut best = (Lang::En, 0.0);
        for item in header.unwrap_or_default().split(',').take(32) {
            let (range, quality) = item.split_once(';').unwrap_or((item, ""));
            let quality = match quality.trim().strip_prefix("q=") {
                Some(value) => value.trim().parse::<f32>().unwrap_or(0.0),
                None => 1.0,
            };
            let lang = match range.trim().split('-').next() {
                Some(tag) if tag.eq_ignore_ascii_case("ko") => Lang::Ko,
                Some(tag) if tag.eq_ignore_ascii_case("en") => Lang::En,
                _ => continue,
            };
            if quality > best.1 {
                best = (lang, quality);
            }
        }
        best.0
    }

    /// The language's code for `lang` and `Content-Language`.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Lang::En => &EN,
            Lang::Ko => &KO,
        }
    }

    /// `Tuesday, 1 December 2026` or `2026년 12월 1일 화요일`.
    pub(super) fn date(self, at: &DateTime<FixedOffset>) -> String {
        match self {
            Lang::En => at.format("%A, %-d %B %Y").to_string(),
            Lang::Ko => {
                let weekday =
                    ["월", "화", "수", "목", "금", "토", "일"][at.weekday().num_days_from_monday() as usize];
                format!("{}년 {}월 {}일 {weekday}요일", at.year(), at.month(), at.day())
            }
        }
    }

    /// `09:00`; the script writes it the way the reader's own clock does.
    pub(super) fn clock(self, at: &DateTime<FixedOffset>) -> String {
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// `30 min` or `30분`.
    pub(super) fn minutes(self, minutes: &u32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (self, hours, rest) {
            (Lang::En, 0, _) => format!("{rest} min"),
            (Lang::En, _, 0) => format!("{hours} h"),
            (Lang::En, _, _) => format!("{hours} h {rest} min"),
            (Lang::Ko, 0, _) => format!("{rest}분"),
            (Lang::Ko, _, 0) => format!("{hours}시간"),
            (Lang::Ko, _, _) => format!("{hours}시간 {rest}분"),
        }
    }

    /// The words for where a session takes place.
    pub(super) fn location(self, kind: &str) -> &'static str {
        match (self, kind) {
            (Lang::En, "phone") => "Phone call",
            (Lang::En, "in_person") => "In person",
            (Lang::En, _) => "Video call",
            (Lang::Ko, "phone") => "전화 통화",
            (Lang::Ko, "in_person") => "대면 만남",
            (Lang::Ko, _) => "화상 통화",
        }
    }

    /// The word for a booking's state.
    pub(super) fn status(self, status: &str) -> &'static str {
        match (self, status) {
            (Lang::En, "pending") => "Awaiting confirmation",
            (Lang::En, "confirmed") => "Confirmed",
            (Lang::En, "cancelled") => "Cancelled",
            (Lang::En, "declined") => "Declined",
            (Lang::En, "no_show") => "Missed",
            (Lang::En, _) => "Over",
            (Lang::Ko, "pending") => "승인 대기 중",
            (Lang::Ko, "confirmed") => "예약 확정",
            (Lang::Ko, "cancelled") => "취소됨",
            (Lang::Ko, "declined") => "거절됨",
            (Lang::Ko, "no_show") => "불참",
            (Lang::Ko, _) => "종료됨",
        }
    }

    /// What happened, as a line of a booking's history.
    pub(super) fn action(self, action: &str) -> &'static str {
        match (self, action) {
            (Lang::En, "created") => "Booked",
            (Lang::En, "rescheduled") => "Moved to another time",
            (Lang::En, "cancelled") => "Cancelled",
            (Lang::En, "confirmed") => "Confirmed",
            (Lang::En, "declined") => "Declined",
            (Lang::En, "completed") => "Took place",
            (Lang::En, "no_show") => "Marked as missed",
            (Lang::En, "expired") => "Not confirmed in time",
            (Lang::En, _) => "Changed",
            (Lang::Ko, "created") => "예약했습니다",
            (Lang::Ko, "rescheduled") => "시간을 변경했습니다",
            (Lang::Ko, "cancelled") => "취소했습니다",
            (Lang::Ko, "confirmed") => "확정했습니다",
            (Lang::Ko, "declined") => "거절했습니다",
            (Lang::Ko, "completed") => "세션을 마쳤습니다",
            (Lang::Ko, "no_show") => "불참으로 표시했습니다",
            (Lang::Ko, "expired") => "제때 확정되지 않았습니다",
            (Lang::Ko, _) => "변경했습니다",
        }
    }

    /// Who did it, as a line of a booking's history.
    pub(super) fn actor(self, actor: &str) -> &'static str {
        match (self, actor) {
            (Lang::En, "booker" | "client") => "by you",
            (Lang::En, "mentor") => "by the mentor",
            (Lang::En, "admin") => "by an administrator",
            (Lang::En, _) => "automatically",
            (Lang::Ko, "booker" | "client") => "본인",
            (Lang::Ko, "mentor") => "멘토",
            (Lang::Ko, "admin") => "관리자",
            (Lang::Ko, _) => "자동 처리",
        }
    }
}

/// The words of the templates.
pub(super) struct Texts {
    pub(super) skip: &'static str,
    pub(super) nav_docs: &'static str,
    pub(super) nav_label: &'static str,
    pub(super) home_title: &'static str,
    pub(super) home_lead: &'static str,
    pub(super) book: &'static str,
    /// What stands between "Book" and a mentor's name, or between the name and "Book" where names come first.
    pub(super) book_whom: &'static str,
    pub(super) is_name_first: bool,
    pub(super) now_there: &'static str,
    pub(super) no_sessions: &'static str,
    pub(super) sessions: &'static str,
    pub(super) empty_title: &'static str,
    pub(super) empty_body: &'static str,
    pub(super) empty_add: &'static str,
    pub(super) empty_demo: &'static str,
    pub(super) needs_script: &'static str,
    pub(super) manage_title: &'static str,
    pub(super) with: &'static str,
    pub(super) when: &'static str,
    pub(super) where_: &'static str,
    pub(super) price: &'static str,
    pub(super) your_details: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
    pub(super) message: &'static str,
    pub(super) history: &'static str,
    pub(super) reschedule: &'static str,
    pub(super) cancel: &'static str,
    pub(super) calendar_file: &'static str,
    pub(super) your_time: &'static str,
    pub(super) mentor_time: &'static str,
    pub(super) note_cancelled: &'static str,
    pub(super) note_declined: &'static str,
    pub(super) note_past: &'static str,
    pub(super) note_pending: &'static str,
    pub(super) reason: &'static str,
    pub(super) book_again: &'static str,
    pub(super) not_found_title: &'static str,
    pub(super) not_found_body: &'static str,
    pub(super) error_title: &'static str,
    pub(super) error_body: &'static str,
    pub(super) busy_body: &'static str,
    pub(super) to_start: &'static str,
    pub(super) docs_title: &'static str,
    pub(super) docs_index: &'static str,
    pub(super) docs_document: &'static str,
}

const EN: Texts = Texts {
    skip: "Skip to the content",
    nav_docs: "API reference",
    nav_label: "Site",
    home_title: "Book a session",
    home_lead: "Pick a mentor, then a time that suits you. Times are shown in your own time zone.",
    book: "Book",
    book_whom: "a session with",
    is_name_first: false,
    now_there: "local time",
    no_sessions: "Nothing can be booked at the moment.",
    sessions: "Sessions",
    empty_title: "No mentors yet",
    empty_body: "Add the first one from a shell, then reload this page:",
    empty_add: "slotsmith mentor add --slug kim --name \"Jiyoung Kim\" --timezone Asia/Seoul",
    empty_demo: "Only looking around? Start with three made-up mentors:",
    needs_script: "Booking needs JavaScript, which is switched off in this browser.",
    manage_title: "Your booking",
    with: "with",
    when: "When",
    where_: "Where",
    price: "Price",
    your_details: "Your details",
    name: "Name",
    email: "E-mail",
    phone: "Phone",
    message: "Message",
    history: "History",
    reschedule: "Choose another time",
    cancel: "Cancel booking",
    calendar_file: "Calendar file",
    your_time: "your time",
    mentor_time: "for",
    note_cancelled: "This booking is cancelled. The time is open to others again.",
    note_declined: "The mentor could not take this booking.",
    note_past: "This session is over and can no longer be changed.",
    note_pending: "The mentor has yet to confirm this time. It is kept for you until then.",
    reason: "Reason",
    book_again: "Book another session",
    not_found_title: "This page does not exist",
    not_found_body: "The address may be incomplete. If it came from an e-mail, open it again from there; the whole link counts.",
    error_title: "Something went wrong on our side",
    error_body: "Nothing of yours was lost. Please try again in a moment.",
    busy_body: "We cannot answer right now. Please try again in a minute.",
    to_start: "To the first page",
    docs_title: "API reference",
    docs_index: "Operations",
    docs_document: "OpenAPI document",
};

const KO: Texts = Texts {
    skip: "본문으로 건너뛰기",
    nav_docs: "API 문서",
    nav_label: "사이트",
    home_title: "세션 예약",
    home_lead: "멘토를 고르고 편한 시간을 선택하세요. 모든 시간은 현재 계신 곳의 시간대로 표시됩니다.",
    book: "예약하기",
    book_whom: "멘토",
    is_name_first: true,
    now_there: "현지 시각",
    no_sessions: "지금은 예약할 수 있는 세션이 없습니다.",
    sessions: "세션",
    empty_title: "아직 등록된 멘토가 없습니다",
    empty_body: "터미널에서 첫 멘토를 추가한 뒤 이 페이지를 새로 고치세요.",
    empty_add: "slotsmith mentor add --slug kim --name \"김지영\" --timezone Asia/Seoul",
    empty_demo: "둘러보기만 하시려면 예시 멘토와 함께 시작하세요.",
    needs_script: "예약하려면 자바스크립트가 필요합니다. 현재 브라우저에서 꺼져 있습니다.",
    manage_title: "예약 내역",
    with: "멘토",
    when: "일시",
    where_: "장소",
    price: "비용",
    your_details: "예약자 정보",
    name: "이름",
    email: "이메일",
    phone: "전화번호",
    message: "메시지",
    history: "변경 이력",
    reschedule: "시간 변경",
    cancel: "예약 취소",
    calendar_file: "캘린더 파일",
    your_time: "내 시간",
    mentor_time: "멘토 시간:",
    note_cancelled: "취소된 예약입니다. 이 시간은 다른 분이 예약할 수 있습니다.",
    note_declined: "멘토가 이 예약을 받지 못했습니다.",
    note_past: "이미 끝난 세션이라 변경할 수 없습니다.",
    note_pending: "멘토가 아직 확정하지 않았습니다. 그때까지 이 시간은 비워 둡니다.",
    reason: "사유",
    book_again: "다른 세션 예약하기",
    not_found_title: "페이지를 찾을 수 없습니다",
    not_found_body: "주소가 잘렸을 수 있습니다. 이메일로 받은 링크라면 이메일에서 다시 열어 주세요. 링크 전체가 필요합니다.",
    error_title: "일시적인 문제가 생겼습니다",
    error_body: "입력하신 내용은 그대로 있습니다. 잠시 후 다시 시도해 주세요.",
    busy_body: "지금은 응답할 수 없습니다. 1분쯤 뒤에 다시 시도해 주세요.",
    to_start: "첫 페이지로",
    docs_title: "API 문서",
    docs_index: "목록",
    docs_document: "OpenAPI 문서",
};

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_readers_first_language_wins() {
        for (header, expected) in [
            (None, Lang::En),
            (Some(""), Lang::En),
            (Some("ko-KR,ko;q=0.9,en-US;q=0.8"), Lang::Ko),
            (Some("de-DE,de;q=0.9,en;q=0.5,ko;q=0.7"), Lang::Ko),
            (Some("en;q=0.3, KO;q=0.2"), Lang::En),
            (Some("fr"), Lang::En),
            (Some("ko;q=0"), Lang::En),
            (Some("ko;q=broken"), Lang::En),
        ] {
            assert_eq!(Lang::from_accept_language(header), expected, "{header:?}");
        }
    }
}
