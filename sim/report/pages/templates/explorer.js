// The path explorer of a report: example paths, event by event. It reads the JSON beside it and
// writes text only (textContent), so nothing that an author wrote can become markup.
"use strict";
(() => {
  const holder = document.getElementById("explorer-data");
  const app = document.getElementById("explorer-app");
  if (!holder || !app) return;
  const data = JSON.parse(holder.textContent);
  const word = (place) => data.words[place];
  const NONE = -1;
  // as `explorer.py` documents an event
  const [MINUTE, WHICH, OPTION, CAUSE, PROBABILITIES, CHANGES] = [0, 1, 2, 3, 4, 5];

  // --- small helpers -----------------------------------------------------------------------------

  function make(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in node) node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function moment(minute) {
    const days = Math.floor(minute / 1440);
    const two = (number) => String(number).padStart(2, "0");
    const clock = `${two(Math.floor((minute % 1440) / 60))}:${two(minute % 60)}`;
    if (!data.start) return `day ${days} ${clock}`;
    const [year, month, day] = data.start.split("-").map(Number);
    const date = new Date(Date.UTC(year, month - 1, day + days));
    return `${date.toISOString().slice(0, 10)} ${clock}`;
  }

  function what(event) {
    const rule = data.transitions[event[WHICH]];
    const options = rule.options;
    // an option without a name is that it happens, which the rule's own name says
    const option = event[OPTION] === NONE ? "" : word(options[event[OPTION]]);
    return option && option !== "it happens" ? `${word(rule.what)} – ${option}` : word(rule.what);
  }

  function whoAndWhat(event) {
    const who = word(data.transitions[event[WHICH]].who);
    return who ? `${who}: ${what(event)}` : what(event);
  }

  // the state after an event (NONE: at the start), as the word of each variable
  function stateAfter(path, seq) {
    const state = data.initial.slice();
    for (let i = 0; i <= seq; i += 1) {
      const changes = path.events[i][CHANGES];
      for (let k = 0; k < changes.length; k += 2) state[changes[k]] = changes[k + 1];
    }
    return state;
  }

  const outcomesAt = (path, seq) =>
    data.outcomes.filter((_, i) => path.outcomes[i] === seq).map(([title]) => word(title));

  // --- what can be asked of a path ---------------------------------------------------------------

  // each: [group, text, test]; only what occurs in some path of the sample, and not in every one
  function questions() {
    const found = [];
    data.outcomes.forEach(([title], i) =>
      found.push(["Outcome", word(title), (path) => path.outcomes[i] !== null]));
    data.endings.forEach((title, i) =>
      found.push(["Ending", word(title), (path) => path.ending === i]));
    const seen = new Map();
    const reached = new Map();
    for (const path of data.paths) {
      for (const event of path.events) {
        seen.set(whoAndWhat(event), true);
        const changes = event[CHANGES];
        for (let k = 0; k < changes.length; k += 2) {
          reached.set(`${changes[k]}:${changes[k + 1]}`, [changes[k], changes[k + 1]]);
        }
      }
    }
    for (const text of [...seen.keys()].sort()) {
      found.push(["Event", text, (path) => path.events.some((event) => whoAndWhat(event) === text)]);
    }
    for (const [variable, value] of reached.values()) {
      const hits = (event) => event[CHANGES].some(
        (one, k) => k % 2 === 0 && one === variable && event[CHANGES][k + 1] === value);
      const text = `${word(data.variables[variable])} becomes ${word(value)}`;
      found.push(["State", text, (path) => path.events.some(hits)]);
    }
    return found.filter(([, , test]) => {
      const count = data.paths.filter(test).length;
      return count > 0 && count < data.paths.length;
    });
  }

  // --- the page ----------------------------------------------------------------------------------

  const asked = questions();
  const filters = [];
  let shown = data.paths;
  let path = null;
  let seq = NONE;

  const outcome = make("select", { id: "explorer-outcome" });
  const route = make("select", { id: "explorer-route" });
  const happens = make("select", { id: "explorer-happens" },
    make("option", { value: "yes" }, "in which this happens"),
    make("option", { value: "no" }, "in which this does not happen"));
  const question = make("select", { id: "explorer-question" });
  const add = make("button", { type: "button", id: "explorer-add" }, "Add filter");
  const list = make("ul", { className: "filters", "aria-label": "Filters in force" });
  const count = make("p", { id: "explorer-count", role: "status" });
  const which = make("select", { id: "explorer-path" });
  const effective = make("input", { type: "checkbox", id: "explorer-effective" });
  const head = make("p", { id: "explorer-head" });
  const place = make("span", { id: "explorer-place" });
  const events = make("ol", {
    id: "explorer-events", className: "events", tabIndex: 0, role: "listbox",
    "aria-label": "Events of the path",
    "aria-describedby": "explorer-keys",
  });
  const detail = make("div", { id: "explorer-detail", className: "detail", "aria-live": "polite" });
  const state = make("tbody");
  const button = (id, text, action) => {
    const node = make("button", { type: "button", id: `explorer-${id}` }, text);
    node.addEventListener("click", action);
    return node;
  };
  const steps = make("div", { className: "steps" },
    button("previous-path", "Previous path", () => walk(-1)),
    button("next-path", "Next path", () => walk(1)),
    button("back", "Event before", () => step(-1)),
    button("on", "Next event", () => step(1)),
    place);

  app.append(
    make("div", { className: "choices" },
      make("label", {}, "Outcome", outcome), make("label", {}, "Route", route)),
    make("fieldset", {}, make("legend", {}, "Only paths"),
      make("div", { className: "choices" },
        make("label", {}, "Paths", happens), make("label", {}, "This", question), add),
      list),
    count,
    make("div", { className: "choices" },
      make("label", {}, "Path", which),
      make("label", { className: "inline" }, effective, "only events that changed something")),
    steps,
    make("p", { id: "explorer-keys", className: "note" },
      "Keys in the list of events: up and down, Home and End: events; Page Up and Page Down: paths."),
    head,
    make("div", { className: "panes" },
      make("div", {}, events),
      make("div", {}, detail,
        make("div", { className: "state", tabIndex: 0, role: "region", "aria-label": "State" },
          make("table", {},
            make("caption", {}, "State after this event"),
            make("thead", {}, make("tr", {},
              make("th", { scope: "col" }, "what"), make("th", { scope: "col" }, "is"),
              make("th", { scope: "col" }, "was"))),
            state)))));

  function fillChoices() {
    outcome.append(make("option", { value: "" }, `any (${data.paths.length} paths)`));
    // headlines first, as everywhere
    const order = data.outcomes.map((_, i) => i).sort((a, b) => data.outcomes[b][1] - data.outcomes[a][1]);
    for (const i of order) {
      const hits = data.paths.filter((one) => one.outcomes[i] !== null).length;
      if (hits) outcome.append(make("option", { value: i }, `${word(data.outcomes[i][0])} (${hits} paths)`));
    }
    for (const group of ["Outcome", "Ending", "Event", "State"]) {
      const node = make("optgroup", { label: group });
      asked.forEach(([of, text], i) => {
        if (of === group) node.append(make("option", { value: i }, text));
      });
      if (node.children.length) question.append(node);
    }
    add.disabled = !asked.length;
    // what the report is about first: the first headline that some path reaches
    const first = order.find((i) => data.outcomes[i][1] && data.paths.some((one) => one.outcomes[i] !== null));
    if (first !== undefined) outcome.value = String(first);
  }

  function fillRoutes() {
    route.replaceChildren(make("option", { value: "" }, "any"));
    route.disabled = outcome.value === "";
    if (route.disabled) return;
    const counts = new Map();
    for (const one of data.paths) {
      const by = one.routes[Number(outcome.value)];
      if (by !== NONE) counts.set(by, (counts.get(by) || 0) + 1);
    }
    for (const [by, hits] of [...counts].sort((a, b) => b[1] - a[1])) {
      route.append(make("option", { value: by }, `${word(by)} (${hits})`));
    }
  }

  function fits(one) {
    const i = outcome.value === "" ? NONE : Number(outcome.value);
    if (i !== NONE && one.outcomes[i] === null) return false;
    if (i !== NONE && route.value !== "" && one.routes[i] !== Number(route.value)) return false;
    return filters.every(({ yes, test }) => test(one) === yes);
  }

  function choose() {
    shown = data.paths.filter(fits);
    count.textContent = `${shown.length} of ${data.paths.length} example paths`;
    which.replaceChildren(...shown.map((one, i) => make("option", { value: i },
      `draw ${one.draw}, path ${one.path}: ${word(data.endings[one.ending])}`)));
    open(shown.includes(path) ? path : shown[0] || null);
  }

  // an event without effect that caused nothing either: it may be left out
  function quiet(one, i) {
    return !one.events[i][CHANGES].length && !outcomesAt(one, i).length
      && !one.events.some((event) => event[CAUSE] === i && event[CHANGES].length);
  }

  const visible = () => path.events.map((_, i) => i).filter((i) => !effective.checked || !quiet(path, i));

  function open(next) {
    path = next;
    for (const node of steps.querySelectorAll("button")) node.disabled = !path;
    if (!path) {
      head.textContent = "No path of the sample fits; remove a filter.";
      events.replaceChildren();
      events.removeAttribute("aria-activedescendant");
      detail.replaceChildren();
      state.replaceChildren();
      place.textContent = "";
      return;
    }
    which.value = String(shown.indexOf(path));
    const end = path.stopped ? "path ends" : "horizon reached";
    head.replaceChildren(
      `draw ${path.draw}, path ${path.path}; ${moment(path.end)} ${end}. Ending: `,
      `${word(data.endings[path.ending])}. `,
      make("code", {}, [data.command[0], path.draw, data.command[1], path.path, data.command[2]].join("")),
      ...path.assumed.map((line) => make("span", { className: "more" }, word(line))));
    const item = (i, text, dull) => make("li", {
      id: `explorer-event-${i}`, role: "option", className: dull ? "quiet" : "", "data-seq": i,
    }, text);
    events.replaceChildren(item(NONE, "The start"), ...visible().map((i) => item(i,
      `${moment(path.events[i][MINUTE])}  ${whoAndWhat(path.events[i])}`, quiet(path, i))));
    events.scrollTop = 0;
    show(NONE);
  }

  function show(next) {
    seq = next;
    for (const node of events.children) {
      node.setAttribute("aria-selected", String(Number(node.dataset.seq) === seq));
    }
    const current = document.getElementById(`explorer-event-${seq}`);
    events.setAttribute("aria-activedescendant", current.id);
    const [top, bottom] = [current.offsetTop - events.offsetTop, events.scrollTop + events.clientHeight];
    if (top < events.scrollTop || top + current.offsetHeight > bottom) {
      events.scrollTop = top - events.clientHeight / 3;
    }
    place.textContent = seq === NONE
      ? `at the start; ${path.events.length} event${path.events.length === 1 ? "" : "s"}`
      : `event ${seq + 1} of ${path.events.length}`;
    fillDetail();
    fillState();
  }

  function fillDetail() {
    const lines = [];
    const say = (text, className = "") => lines.push(make("p", { className }, text));
    if (seq === NONE) {
      say("The state at the start.");
    } else {
      const event = path.events[seq];
      const rule = data.transitions[event[WHICH]];
      say(`${moment(event[MINUTE])}  ${whoAndWhat(event)}`, "happened");
      if (event[PROBABILITIES]) {
        const told = event[PROBABILITIES].map((share, i) => `${word(rule.options[i])} ${word(share)}`);
        say(`probabilities: ${told.join(", ")}`);
      }
      if (event[CAUSE] === NONE) {
        say("its clock ran from the start");
      } else {
        const cause = path.events[event[CAUSE]];
        const jump = make("button", { type: "button", className: "link" },
          `${what(cause)} (${moment(cause[MINUTE])})`);
        jump.addEventListener("click", () => {
          if (!document.getElementById(`explorer-event-${event[CAUSE]}`)) {
            effective.checked = false;
            open(path);
          }
          show(event[CAUSE]);
          events.focus();
        });
        lines.push(make("p", {}, "because ", jump));
      }
      if (!event[CHANGES].length) say("no effect on the state");
    }
    for (const title of outcomesAt(path, seq)) say(`*** ${title}`, "happened");
    detail.replaceChildren(...lines);
  }

  function fillState() {
    const now = stateAfter(path, seq);
    const before = seq === NONE ? now : stateAfter(path, seq - 1);
    state.replaceChildren(...now.map((value, i) => {
      const changed = value !== before[i];
      return make("tr", { className: changed ? "changed" : "" },
        make("th", { scope: "row" }, word(data.variables[i])),
        make("td", {}, word(value)), make("td", {}, changed ? word(before[i]) : ""));
    }));
  }

  function step(by) {
    const order = [NONE, ...visible()];
    const next = order[order.indexOf(seq) + by];
    if (path && next !== undefined) show(next);
  }

  function walk(by) {
    const next = shown[shown.indexOf(path) + by];
    if (next) open(next);
  }

  function addFilter() {
    const [, text, test] = asked[Number(question.value)];
    const yes = happens.value === "yes";
    const filter = { yes, test };
    filters.push(filter);
    const remove = make("button", { type: "button" }, `${yes ? "" : "not: "}${text} ×`);
    remove.setAttribute("aria-label", `Remove filter: ${yes ? "" : "not "}${text}`);
    const item = make("li", {}, remove);
    remove.addEventListener("click", () => {
      filters.splice(filters.indexOf(filter), 1);
      item.remove();
      add.focus();
      choose();
    });
    list.append(item);
    choose();
  }

  // --- what the user does ------------------------------------------------------------------------

  outcome.addEventListener("change", () => { fillRoutes(); choose(); });
  route.addEventListener("change", choose);
  add.addEventListener("click", addFilter);
  which.addEventListener("change", () => open(shown[Number(which.value)]));
  effective.addEventListener("change", () => open(path));
  events.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) show(Number(item.dataset.seq));
  });
  events.addEventListener("keydown", (event) => {
    if (!path || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = visible().slice(-1);
    const act = {
      ArrowDown: () => step(1), ArrowUp: () => step(-1),
      ArrowRight: () => step(1), ArrowLeft: () => step(-1),
      Home: () => show(NONE), End: () => show(last.length ? last[0] : NONE),
      PageDown: () => walk(1), PageUp: () => walk(-1),
    }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  // from a story to its path
  for (const node of document.querySelectorAll("button.look")) {
    node.hidden = false;
    node.addEventListener("click", () => {
      filters.splice(0);
      list.replaceChildren();
      outcome.value = "";
      fillRoutes();
      choose();
      open(data.paths.find((one) => one.draw === Number(node.dataset.draw)
        && one.path === Number(node.dataset.path)));
      document.getElementById("explorer").scrollIntoView();
      events.focus({ preventScroll: true });
    });
  }

  fillChoices();
  fillRoutes();
  choose();
  app.hidden = false;
  document.querySelector("#explorer .without").hidden = true;
})();
