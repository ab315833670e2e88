//! The confirmation mails, read by Python's own parser and taken in by a real mail server.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use slotsmith::notifications::{Delivery, DeliveryError, SmtpSettings, SmtpSpec, SmtpTls};

use crate::support::{
    TestApp,
    readers::{MailServer, Reader},
};

/// Both mails of a booking with `over`: the booker's and the mentor's.
async fn mails(over: Value) -> (Value, Value) {
    let app = TestApp::start().await;
    app.add_mentor("maya", "America/New_York").await;
    let (_, made) = app.book("maya", "2026-11-03T14:00:00Z", over).await;
    assert!(made["id"].is_string(), "{made}");
    app.work().await;
    let mails: Vec<Value> = app.outbox().iter().map(|mail| Reader::Mail.read(mail)).collect();
    let to = |address: &str| mails.iter().find(|mail| mail["to"][0]["address"] == address).unwrap().clone();
    assert_eq!(mails.len(), 2, "one to each, and no more");
    (to("bo@example.com"), to("maya@mentors.example"))
}

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let headers = mail["headers"].as_array().unwrap();
    headers.iter().find(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name)).unwrap()[1]
        .as_str()
        .unwrap()
}

#[tokio::test]
async fn each_reader_is_told_in_their_own_zone() {
    let (booker, mentor) = mails(json!({})).await;
    for (mail, time, zone) in [(booker, "23:00", "Asia/Seoul"), (mentor, "09:00", "America/New_York")] {
        let texts = &mail["body"]["parts"][0]["parts"];
        let plain = texts[0]["text"].as_str().unwrap();
        let html = texts[1]["page"]["text"].as_str().unwrap();
        for text in [header(&mail, "Subject"), plain, html] {
            assert!(text.contains(time), "{zone}: {text}");
        }
        assert!(plain.contains(zone) && html.contains(zone), "{plain}");
    }
}

#[tokio::test]
async fn a_mail_is_text_page_and_calendar_with_the_same_file_attached() {
    let (booker, mentor) = mails(json!({})).await;
    for mail in [&booker, &mentor] {
        assert_eq!(mail["defects"], json!([]));
        assert_eq!(mail["bare_line_ends"], 0);
        assert!(mail["longest_line"].as_u64().unwrap() <= 998, "RFC 5322 2.1.1");
        let body = &mail["body"];
        assert_eq!(body["type"], "multipart/mixed");
        let (said, file) = (&body["parts"][0], &body["parts"][1]);
        assert_eq!(said["type"], "multipart/alternative");
        let kinds: Vec<&Value> = said["parts"].as_array().unwrap().iter().map(|part| &part["type"]).collect();
        assert_eq!(kinds, ["text/plain", "text/html", "text/calendar"]);
        let calendar = &said["parts"][2];
        assert_eq!(calendar["params"]["method"], "REQUEST");
        assert_eq!((&file["type"], &file["disposition"]), (&json!("application/ics"), &json!("attachment")));
        assert_eq!(calendar["base64"], file["base64"], "the two copies are the same to the byte");
        assert_eq!(header(mail, "Auto-Submitted"), "auto-generated");
        let file = STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
        for reader in Reader::CALENDARS {
            let seen = reader.read(&file);
            assert_eq!(
                (&seen["method"], &seen["start"]),
                (&json!("REQUEST"), &json!("2026-11-03T14:00:00Z"))
            );
        }
        // Nothing is fetched when it is opened.
        assert_eq!(said["parts"][1]["page"]["fetched"], json!([]));
    }
}

#[tokio::test]
async fn what_a_booker_types_is_shown_as_typed_and_nothing_more() {
    let nasty = "<img src=x> <a href=\"https://evil.example\">{{ 1 }}</a> & \"quotes\"\n.\nlast";
    let (booker, mentor) = mails(json!({"name": "<b>Bo</b> & Co", "message": nasty})).await;
    for mail in [&booker, &mentor] {
        let page = &mail["body"]["parts"][0]["parts"][1]["page"];
        assert!(!page["elements"].as_array().unwrap().iter().any(|e| e == "img" || e == "b"), "{page}");
        assert!(!page["links"].to_string().contains("evil"), "{page}");
    }
    let shown = mentor["body"]["parts"][0]["parts"][1]["page"]["text"].as_str().unwrap();
    assert!(
        shown.contains("<b>Bo</b> & Co") && shown.contains("{{ 1 }}"),
        "escaped once, not twice: {shown}"
    );
}

#[tokio::test]
async fn the_booker_never_learns_the_mentors_address() {
    let (booker, mentor) = mails(json!({})).await;
    let file = &booker["body"]["parts"][1]["base64"];
    let file = String::from_utf8(STANDARD.decode(file.as_str().unwrap()).unwrap()).unwrap();
    assert!(!booker.to_string().contains("mentors.example") && !file.contains("mentors.example"), "{file}");
    assert!(mentor.to_string().contains("bo@example.com"), "the mentor learns the booker's");
}

fn settings(port: u16) -> SmtpSettings {
    let spec = SmtpSpec {
        host: "127.0.0.1".into(),
        port: Some(port),
        tls: Some(SmtpTls::None),
        ..SmtpSpec::default()
    };
    SmtpSettings::new(spec).unwrap()
}

fn message() -> lettre::Message {
    lettre::Message::builder()
        .from("Slotsmith <slotsmith@example.com>".parse().unwrap())
        .to("bo@example.com".parse().unwrap())
        .subject("Hello")
        .header(lettre::message::header::ContentType::TEXT_PLAIN)
        .body("one\r\n.two\r\n.\r\nthree\r\n".to_owned())
        .unwrap()
}

#[tokio::test]
async fn a_real_mail_server_takes_the_message_whole() {
    let mut server = MailServer::start();
    let delivery = Delivery::smtp(&settings(server.port)).unwrap();
    delivery.send("hello", &message()).await.unwrap();
    let taken = server.next();
    assert_eq!(
        (&taken["mail_from"], &taken["rcpt_tos"]),
        (&json!("slotsmith@example.com"), &json!(["bo@example.com"]))
    );
    let body = taken["message"]["body"]["text"].as_str().unwrap();
    assert!(body.contains("\n.two\n.\nthree"), "lines that begin with a dot survive: {body}");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_there_later() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let failed = Delivery::smtp(&settings(port)).unwrap().send("hello", &message()).await;
    assert!(failed.unwrap_err().is_transient());
}

/// A server that greets, and answers every recipient in the same words.
async fn refusing(answer: &'static str) -> u16 {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 ready\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let said = if line.starts_with("RCPT") { answer } else { "250 fine" };
            if stream.write_all(format!("{said}\r\n").as_bytes()).await.is_err() {
                break;
            }
            line.clear();
        }
    });
    port
}

#[tokio::test]
async fn four_may_pass_and_five_will_not() {
    for (said, is_transient) in [("451 try again", true), ("550 no such user", false)] {
        let delivery = Delivery::smtp(&settings(refusing(said).await)).unwrap();
        let failed: DeliveryError = delivery.send("hello", &message()).await.unwrap_err();
        assert_eq!(failed.is_transient(), is_transient, "{said}: {failed}");
        assert!(!failed.to_string().contains("bo@example.com"), "{failed}");
    }
}
