"""A scenario of five hundred rules, for what has to hold for large files."""


def five_hundred_rules() -> str:
    head = ["scenario: big", "horizon: 180 d", "actors:"]
    head += [
        f"  a{i}: {{state: {{role: {{levels: [none, some, full]}}, ready: {{flag: false}}}}}}"
        for i in range(10)
    ]
    head += ["state: {korea: {levels: [calm, incident, clash, war], start: clash}}", "parameters:"]
    head += [f"  p{i}: {{is: {{pert: [0.1, 0.2, 0.4]}}, grade: judgement}}" for i in range(60)]
    head.append("moves:")
    for i in range(500):
        head += [
            f"  m{i}:",
            f"    actor: a{i % 10}",
            f"    when: korea >= incident and a{i * 7 % 10}.role <= some and not a{i % 10}.ready",
            f"    after: {{median: {i % 20 + 1} d, p90: {i % 20 + 9} d}}",
            f"    speed: 1.5 if a{i % 10}.role >= some else 1",
            "    choose:",
            f"      acts: {{probability: p{i % 60} * (1 if korea == war else 0.5), "
            f"then: {{a{i % 10}.role: raise, korea: raise}}}}",
            f"      talks: {{probability: 0.1, then: {{a{i % 10}.ready: true}}}}",
            "      waits: {probability: rest}",
        ]
    return "\n".join([*head, "outcomes: {war: {when: korea == war}}", "endings: {o: {otherwise: "
                      "true}}"]) + "\n"  # fmt: skip
