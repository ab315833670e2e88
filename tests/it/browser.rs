//! The pages in a real browser: booking as people do, by mouse and by keyboard, alone and against a rival.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use crate::support::{
    TestApp, answer, at,
    browser::{Browser, key},
};

/// Opens a mentor's dialog and goes to a date.
async fn go_to_date(browser: &Browser, app: &TestApp, mentor: &str, date: &str) {
    browser.goto(&app.url("/")).await;
    browser.click(&format!("[data-testid=book-{mentor}]")).await;
    pick_date(browser, date).await;
}

/// Chooses a date in the dialog, months ahead if need be.
async fn pick_date(browser: &Browser, date: &str) {
    let day = format!("[data-testid='day-{date}']:not([aria-disabled=true])");
    for _ in 0..12 {
        browser.until("document.querySelector('dialog[open] [role=grid]:not([aria-busy=true])')").await;
        let there = format!("return Boolean(document.querySelector(\"{day}\"))");
        if browser.eval(&there).await == true {
            return browser.click(&day).await;
        }
        browser.click("[data-testid=next-month]").await;
    }
    panic!("{date} is not offered");
}

/// Chooses a start and continues to the form.
async fn choose(browser: &Browser, start: &str) {
    browser.click(&slot(start)).await;
    browser.click("[data-testid=continue]").await;
}

fn slot(start: &str) -> String {
    format!("[data-testid=slot][data-start='{start}']")
}

async fn fill_in(browser: &Browser) {
    browser.fill("#name", "Bo Ok").await;
    browser.fill("#email", "bo@example.com").await;
    browser.fill("#message", "About <b>queues</b>").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_user_books_across_a_clock_change_and_all_records_name_one_instant() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let browser = Browser::open("Asia/Seoul").await;
    // Clocks in New York go back on 1 November: nine o'clock on the 3rd is 14:00Z, eleven at night in Seoul.
    go_to_date(&browser, &app, "maya", "2026-11-03").await;
    let start = "2026-11-03T14:00:00Z";
    assert!(browser.text(&slot(start)).await.contains("11:00"), "shown in the booker's zone");
    choose(&browser, start).await;
    fill_in(&browser).await;
    assert!(browser.text("[data-testid=confirm]").await.contains("$30 donation"));
    browser.click("[data-testid=confirm]").await;
    let id = browser.attribute("[data-testid=done]", "data-booking-id").await;
    let link = browser.attribute("[data-testid=manage-link]", "href").await;
    browser.check_console().await;

    // The row.
    let file = app.dir.path().join("slotsmith.db");
    let mut db = sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let (starts_at,): (i64,) = sqlx::query_as("SELECT starts_at FROM bookings WHERE id = ?")
        .bind(&id)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(starts_at, at(start).unix());

    // The interface, by the link the page shows.
    let (_, token) = link.split_once("?token=").unwrap();
    let (status, seen) = answer(app.get(&format!("/api/bookings/{id}")).bearer_auth(token)).await;
    assert_eq!((status, &seen["start"]), (StatusCode::OK, &json!("2026-11-03T23:00:00+09:00")));

    // The calendar file and the mails.
    let file = app.get(&format!("/api/bookings/{id}/calendar.ics")).bearer_auth(token);
    let (_, Value::String(file)) = answer(file).await else { panic!("a calendar file is text") };
    assert!(file.contains("DTSTART:20261103T140000Z"), "{file}");
    app.work().await;
    let mails = app.outbox();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let mail = String::from_utf8(mail).unwrap();
        assert!(calendar_of(&mail).contains("DTSTART:20261103T140000Z"), "{mail}");
    }

    // The slot then shows as taken.
    go_to_date(&browser, &app, "maya", "2026-11-03").await;
    assert_eq!(browser.attribute(&slot(start), "data-status").await, "taken");
}

/// The calendar file that a mail carries, whichever way it is encoded.
fn calendar_of(mail: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    if mail.contains("DTSTART") {
        return mail.replace("=\r\n", "");
    }
    mail.split("\r\n\r\n")
        .filter_map(|part| {
            let packed: String = part.lines().take_while(|line| !line.starts_with("--")).collect();
            String::from_utf8(STANDARD.decode(packed.trim()).ok()?).ok()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_browsers_one_gets_the_slot_and_the_other_is_told_and_keeps_its_form() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (one, two) = tokio::join!(Browser::open("Asia/Seoul"), Browser::open("Europe/Berlin"));
    // Ten in the morning in New York is midnight in Seoul.
    for (browser, date) in [(&one, "2026-11-05"), (&two, "2026-11-04")] {
        go_to_date(browser, &app, "maya", date).await;
        choose(browser, "2026-11-04T15:00:00Z").await;
        fill_in(browser).await;
    }
    tokio::join!(one.click("[data-testid=confirm]"), two.click("[data-testid=confirm]"));
    let decided = "document.querySelector('[data-testid=done], [data-testid=just-taken]')";
    tokio::join!(one.until(decided), two.until(decided));
    let lost = "return Boolean(document.querySelector('[data-testid=just-taken]'))";
    let (one_lost, two_lost) = (one.eval(lost).await == true, two.eval(lost).await == true);
    assert!(one_lost != two_lost, "one and only one is too late");

    let loser = if one_lost { &one } else { &two };
    assert_eq!(loser.eval("return document.querySelector('#name').value").await, "Bo Ok");
    assert_eq!(loser.eval("return document.querySelector('#message').value").await, "About <b>queues</b>");
    // The nearest time that is left is one click away, and the form is sent again as it is.
    loser.check_accessibility("the form that was too late").await;
    loser.click("[data-testid=just-taken] button").await;
    loser.click("[data-testid=confirm]").await;
    loser.find("[data-testid=done]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_can_be_made_by_keyboard_alone() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let browser = Browser::open("America/New_York").await;
    browser.goto(&app.url("/")).await;

    let focus_is = |css: &str| format!("document.activeElement?.matches({css:?})");
    browser.tab_to("[data-testid=book-maya]").await;
    browser.press(key::ENTER).await;
    browser.find("dialog[open]").await;
    browser.press(key::ESCAPE).await;
    browser.until("!document.querySelector('dialog[open]')").await;
    browser.until(&focus_is("[data-testid=book-maya]")).await;

    browser.press(key::ENTER).await;
    browser.until("document.querySelector('dialog[open] [role=grid]:not([aria-busy=true])')").await;
    // The dialog opens on the next day with open slots: today, the 20th. A day on, a month on, and a day back.
    browser.tab_to("[data-testid^=day-]").await;
    browser.until(&focus_is("[data-testid='day-2026-10-20']")).await;
    browser.press(key::RIGHT).await;
    browser.until(&focus_is("[data-testid='day-2026-10-21']")).await;
    browser.press(key::PAGE_DOWN).await;
    browser.until("document.querySelector('dialog[open] [role=grid]:not([aria-busy=true])')").await;
    browser.until(&focus_is("[data-testid='day-2026-11-21']")).await;
    browser.press(key::LEFT).await;
    browser.until(&focus_is("[data-testid='day-2026-11-20']")).await;
    browser.press(key::ENTER).await;
    browser.find("[data-testid=slot]").await;
    browser.tab_to("[data-testid=slot]").await;
    browser.press(key::ENTER).await;
    browser.find("[data-testid=continue]").await;
    browser.tab_to("[data-testid=continue]").await;
    browser.press(key::ENTER).await;
    browser.until("document.querySelector('#name')?.checkVisibility()").await;
    for (field, text) in [("#name", "Bo Ok"), ("#email", "bo@example.com")] {
        browser.tab_to(field).await;
        browser.type_text(text).await;
    }
    browser.tab_to("[data-testid=confirm]").await;
    browser.press(key::ENTER).await;
    browser.find("[data-testid=done]").await;
    browser.press(key::ESCAPE).await;
    browser.until(&focus_is("[data-testid=book-maya]")).await;
}

/// Looks at every page in every state as it is drawn at one width, in one theme.
async fn walk_through(width: u32, theme: &str) {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (_, made) = app.book("maya", "2026-11-05T15:00:00Z", json!({"message": "About queues"})).await;
    let (_, gone) = app.book("maya", "2026-11-05T17:00:00Z", json!({})).await;
    let path = |booking: &Value| {
        let (id, token) = (booking["id"].as_str().unwrap(), booking["manage_token"].as_str().unwrap());
        format!("/bookings/{id}?token={token}")
    };
    let cancel = app.request("DELETE", &format!("/api{}", path(&gone)));
    assert_eq!(answer(cancel).await.0, StatusCode::OK);

    let browser = Browser::open("Asia/Seoul").await;
    browser.look(width, theme).await;
    let check = async |state: &str| {
        browser.check_accessibility(state).await;
        // Nothing hangs over the edge of the page.
        browser.until("document.documentElement.scrollWidth <= window.innerWidth").await;
        browser.check_console().await;
    };

    browser.goto(&app.url("/docs")).await;
    check("docs").await;
    browser.goto(&app.url("/")).await;
    check("home").await;

    browser.click("[data-testid=book-maya]").await;
    browser.until("document.querySelector('dialog[open] [role=grid]:not([aria-busy=true])')").await;
    browser.until("document.querySelector('[data-testid^=day-]:not([aria-disabled=true])')").await;
    check("date").await;
    browser.click("[data-testid=zone]").await;
    browser.find("dialog[open] [role=option]").await;
    browser.check_accessibility("zones").await;
    browser.press(key::ESCAPE).await;
    browser.until("!document.querySelector('[role=option]')?.checkVisibility()").await;
    pick_date(&browser, "2026-11-06").await;
    browser.find(&slot("2026-11-05T15:00:00Z")).await;
    browser.click(&slot("2026-11-05T16:00:00Z")).await;
    browser.find("[data-testid=continue]").await;
    check("times, one taken and one chosen").await;
    browser.click("[data-testid=continue]").await;
    browser.find("#name").await;
    check("form").await;
    // Sent empty, it says what is missing, at the field.
    browser.click("[data-testid=confirm]").await;
    browser.until("document.querySelector('#name[aria-invalid=true]')").await;
    check("form with errors").await;
    fill_in(&browser).await;
    browser.click("[data-testid=confirm]").await;
    browser.find("[data-testid=done]").await;
    check("done").await;

    browser.goto(&app.url(&path(&made))).await;
    browser.find("[data-testid=status]").await;
    check("manage").await;
    browser.click("[data-testid=reschedule]").await;
    pick_date(&browser, "2026-11-06").await;
    choose(&browser, "2026-11-05T20:00:00Z").await;
    browser.find("dialog[open] [data-testid=confirm]").await;
    check("moving").await;
    browser.press(key::ESCAPE).await;
    browser.until("!document.querySelector('dialog[open]')").await;
    browser.click("[data-testid=cancel]").await;
    browser.find("[data-testid=confirm-cancel]").await;
    check("calling off").await;

    browser.goto(&app.url(&path(&gone))).await;
    browser.find("[data-testid=status][data-status=cancelled]").await;
    check("cancelled").await;
    // The console notes the 404 that this page is.
    browser.goto(&app.url("/nothing")).await;
    browser.check_accessibility("not found").await;
    browser.check_hosts(&app.url("/")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_on_a_telephone_by_day() {
    walk_through(360, "light").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_on_a_telephone_by_night() {
    walk_through(360, "dark").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_on_a_wide_screen_by_day() {
    walk_through(1440, "light").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shuts_anybody_out_on_a_wide_screen_by_night() {
    walk_through(1440, "dark").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inaccessible_page_and_a_breach_of_the_policy_would_be_seen() {
    // The judges themselves: a page that is bad on purpose must not pass them.
    let app = TestApp::start().await;
    let browser = Browser::open("Asia/Seoul").await;
    browser.goto(&app.url("/")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    assert_eq!(browser.violations().await, Vec::<String>::new());
    browser.eval("document.body.append(document.createElement('button'))").await;
    assert!(browser.violations().await.iter().any(|found| found.starts_with("button-name")));
    browser
        .eval(
            "const script = document.createElement('script');
             script.textContent = 'document.title = \"run\"';
             document.head.append(script);",
        )
        .await;
    assert_ne!(browser.eval("return document.title").await, "run", "the policy allows nothing inline");
    assert!(browser.complaints().await.iter().any(|line| line.contains("Content Security Policy")));
    assert_eq!(browser.eval("return Intl.DateTimeFormat().resolvedOptions().timeZone").await, "Asia/Seoul");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_makes_one_booking_and_one_set_of_mails() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let browser = Browser::open("Asia/Seoul").await;
    go_to_date(&browser, &app, "maya", "2026-11-06").await;
    choose(&browser, "2026-11-05T20:00:00Z").await;
    fill_in(&browser).await;
    browser.double_click("[data-testid=confirm]").await;
    browser.find("[data-testid=done]").await;
    app.work().await;
    assert_eq!(app.outbox().len(), 2, "one to the booker, one to the mentor");
    let file = app.dir.path().join("slotsmith.db");
    let mut db = sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let (bookings,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM bookings").fetch_one(&mut db).await.unwrap();
    assert_eq!(bookings, 1);
    browser.check_console().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_is_moved_and_called_off_on_its_page() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (_, made) = app.book("maya", "2026-11-05T15:00:00Z", json!({})).await;
    let url = made["manage_url"].as_str().unwrap();
    let (id, token) = (made["id"].as_str().unwrap(), made["manage_token"].as_str().unwrap());
    let state = async || answer(app.get(&format!("/api/bookings/{id}")).bearer_auth(token)).await.1;

    let browser = Browser::open("Asia/Seoul").await;
    browser.goto(url).await;
    assert_eq!(browser.attribute("[data-testid=status]", "data-status").await, "confirmed");
    assert_eq!(state().await["history"].as_array().unwrap().len(), 1, "looking changes nothing");

    browser.click("[data-testid=reschedule]").await;
    // 15:00 in New York is the next morning in Seoul.
    pick_date(&browser, "2026-11-06").await;
    browser.click(&slot("2026-11-05T20:00:00Z")).await;
    browser.click("[data-testid=continue]").await;
    browser.click("dialog[open] [data-testid=confirm]").await;
    browser.until("!document.querySelector('dialog[open]')").await;
    assert_eq!(state().await["start"], "2026-11-06T05:00:00+09:00");

    browser.goto(url).await;
    browser.click("[data-testid=cancel]").await;
    browser.click("[data-testid=confirm-cancel]").await;
    browser.until("document.querySelector('[data-testid=status][data-status=cancelled]')").await;
    assert_eq!(state().await["status"], "cancelled");
    browser.check_console().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_be_reached_does_not_look_like_no_times() {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let browser = Browser::open("Asia/Seoul").await;
    browser.goto(&app.url("/")).await;
    browser.block(&["*/api/availability*"]).await;
    browser.click("[data-testid=book-maya]").await;
    browser.find("dialog[open] [data-kind=failed] button").await;
    browser.check_accessibility("times that could not be loaded").await;
    browser.block(&[]).await;
    browser.click("[data-kind=failed] button").await;
    browser.until("document.querySelector('[data-testid^=day-]:not([aria-disabled=true])')").await;
}
