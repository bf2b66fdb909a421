// The calendar of rooms and meetings: draws what the table beneath says, from the address that the page names. Without it the
// table stays. Times are the centre's, whatever the browser's zone is.
import "temporal-polyfill/global";
import { Calendar } from "fullcalendar";
import timeGridPlugin from "fullcalendar/timegrid";
import listPlugin from "fullcalendar/list";
import classicThemePlugin from "fullcalendar/themes/classic";
import zhCn from "fullcalendar/locales/zh-cn";

// Seven columns of a week need room; where there is none, the week is a list.
const NARROW = window.matchMedia("(max-width: 719.99px)");
// A meeting of the parties, a joint meeting of agencies, and what another case has taken.
const COLORS = { mediation: "#24506f", joint: "#17695a", occupied: "#6b7784" };

function fitting() {
  return NARROW.matches
    ? { view: "listWeek", toolbar: { start: "prev,next", center: "title", end: "today" } }
    : { view: "timeGridWeek", toolbar: { start: "prev,next today", center: "title", end: "timeGridWeek,timeGridDay,listWeek" } };
}

function kept(place) {
  return {
    plugins: [timeGridPlugin, listPlugin, classicThemePlugin],
    locales: [zhCn],
    locale: place.dataset.language === "en" ? "en" : "zh-cn",
    timeZone: "Asia/Shanghai",
    initialView: fitting().view,
    initialDate: place.dataset.day,
    headerToolbar: fitting().toolbar,
    firstDay: 1,
    slotMinTime: "07:30:00",
    slotMaxTime: "20:30:00",
    height: "auto",
    allDaySlot: false,
    nowIndicator: true,
    timedText: place.dataset.times,
    // Meetings at one hour stand side by side in narrow columns: the words wrap, and the pointer is told all of them.
    slotEventOverlap: false,
    displayEventEnd: false,
    eventTitleClass: "calendar-title",
    eventDidMount: ({ el, event }) => { el.title = event.title; },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  };
}

async function load(place, range) {
  const address = new URL(place.dataset.calendar, window.location.href);
  address.searchParams.set("from", range.startStr.slice(0, 10));
  address.searchParams.set("to", range.endStr.slice(0, 10));
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).map((row) => ({ ...row, color: COLORS[row.kind] }));
}

for (const place of document.querySelectorAll("[data-calendar]")) {
  const failed = place.parentElement.querySelector("[data-calendar-failed]");
  const calendar = new Calendar(place, {
    ...kept(place),
    events(range, done, refuse) {
      load(place, range).then(
        (rows) => { if (failed) failed.hidden = true; done(rows); },
        (error) => { if (failed) failed.hidden = false; refuse(error); },
      );
    },
  });
  calendar.render();
  place.classList.add("calendar-drawn");
  NARROW.addEventListener("change", () => {
    calendar.setOption("headerToolbar", fitting().toolbar);
    calendar.changeView(fitting().view);
  });
}
