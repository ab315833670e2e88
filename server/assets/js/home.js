// The first page: each card's button opens the booking dialog of its mentor.

import { openBooking } from "./booking-dialog.js";
import { runClocks, showLocalTimes } from "./local-times.js";
import { mentorOfCard } from "./mentors.js";

showLocalTimes();
runClocks();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-book]");
  if (button) openBooking(mentorOfCard(button.closest("[data-mentor]")));
});
