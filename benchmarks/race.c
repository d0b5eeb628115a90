/* The race, written by hand: what the same scenario costs when nothing is looked up.

   The same keyed Philox, the same waits and the same order of clocks as sim's engines, so the same
   paths: outcomes and events agree exactly. walk() counts them. */

#include <math.h>
#include <stdint.h>

enum { ACTORS = 6, RISES = 0, EASES = 6, STRIKES = 12, TALKS = 18, FAILS = 19, RULES = 20 };
enum { CALM, ALERT, MOBILISED, WAR };

typedef struct {
    uint32_t identity[RULES];
    double first[5], second[5]; /* of the five delays: mean, or median and sigma */
    int lognormal;
    double horizon;
    uint32_t key0, key1;
} Race;

typedef struct {
    int64_t events, a_at_war, two_at_war, others_at_war;
    double days_to_war;
} Count;

typedef struct {
    int stage[ACTORS], talks;
    uint32_t running, nth[RULES];
    double due[RULES], option_u[RULES];
} State;

static inline double uniform(uint32_t high, uint32_t low) {
    double u = ((double)(((uint64_t)high << 21) | (low >> 11)) + 0.5) * 0x1p-53;
    return u < 1.0 - 0x1p-53 ? u : 1.0 - 0x1p-53;
}

static inline void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)0xD2511F53u * c[0], second = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t c0 = (uint32_t)(second >> 32) ^ c[1] ^ k0, c2 = (uint32_t)(first >> 32) ^ c[3] ^ k1;
        c[0] = c0, c[1] = (uint32_t)second, c[2] = c2, c[3] = (uint32_t)first;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
}

/* Wichura's AS 241, as in sim.model.waiting. */
static double normal_quantile(double u) {
    double q = u - 0.5, r, z;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        double n = 2.5090809287301226727e3, d = 5.2264952788528545610e3;
        n = n * r + 3.3430575583588128105e4, d = d * r + 2.8729085735721942674e4;
        n = n * r + 6.7265770927008700853e4, d = d * r + 3.9307895800092710610e4;
        n = n * r + 4.5921953931549871457e4, d = d * r + 2.1213794301586595867e4;
        n = n * r + 1.3731693765509461125e4, d = d * r + 5.3941960214247511077e3;
        n = n * r + 1.9715909503065514427e3, d = d * r + 6.8718700749205790830e2;
        n = n * r + 1.3314166789178437745e2, d = d * r + 4.2313330701600911252e1;
        n = n * r + 3.3871328727963666080e0, d = d * r + 1.0;
        return q * (n / d);
    }
    r = sqrt(-log(q < 0.0 ? u : 1.0 - u));
    if (r <= 5.0) {
        r -= 1.6;
        double n = 7.74545014278341407640e-4, d = 1.05075007164441684324e-9;
        n = n * r + 2.27238449892691845833e-2, d = d * r + 5.47593808499534494600e-4;
        n = n * r + 2.41780725177450611770e-1, d = d * r + 1.51986665636164571966e-2;
        n = n * r + 1.27045825245236838258e0, d = d * r + 1.48103976427480074590e-1;
        n = n * r + 3.64784832476320460504e0, d = d * r + 6.89767334985100004550e-1;
        n = n * r + 5.76949722146069140550e0, d = d * r + 1.67638483018380384940e0;
        n = n * r + 4.63033784615654529590e0, d = d * r + 2.05319162663775882187e0;
        n = n * r + 1.42343711074968357734e0, d = d * r + 1.0;
        z = n / d;
    } else {
        r -= 5.0;
        double n = 2.01033439929228813265e-7, d = 2.04426310338993978564e-15;
        n = n * r + 2.71155556874348757815e-5, d = d * r + 1.42151175831644588870e-7;
        n = n * r + 1.24266094738807843860e-3, d = d * r + 1.84631831751005468180e-5;
        n = n * r + 2.65321895265761230930e-2, d = d * r + 7.86869131145613259100e-4;
        n = n * r + 2.96560571828504891230e-1, d = d * r + 1.48753612908506148525e-2;
        n = n * r + 1.78482653991729133580e0, d = d * r + 1.36929880922735805310e-1;
        n = n * r + 5.46378491116411436990e0, d = d * r + 5.99832206555887937690e-1;
        n = n * r + 6.65790464350110377720e0, d = d * r + 1.0;
        z = n / d;
    }
    return q < 0.0 ? -z : z;
}

static inline int delay_of(int rule) { return rule < 18 ? rule / ACTORS : rule - 15; }

static inline int allowed(const State *s, int rule) {
    int actor = rule % ACTORS;
    if (rule < EASES) return s->stage[actor] < MOBILISED && !s->talks;
    if (rule < STRIKES) return s->stage[actor] > CALM && s->stage[actor] < WAR;
    if (rule < TALKS)
        return s->stage[actor] == MOBILISED && s->stage[(actor + ACTORS - 1) % ACTORS] >= ALERT;
    if (rule == TALKS) return !s->talks && (s->stage[0] >= MOBILISED || s->stage[3] >= MOBILISED);
    return s->talks;
}

static inline void look(const Race *race, State *s, int rule, double now, uint32_t draw, uint32_t path) {
    uint32_t bit = 1u << rule;
    int holds = allowed(s, rule);
    if (holds && !(s->running & bit)) {
        uint32_t c[4] = {race->identity[rule], draw, path, s->nth[rule]++};
        philox(c, race->key0, race->key1);
        double u = uniform(c[0], c[1]), wait;
        int d = delay_of(rule);
        if (race->lognormal)
            wait = race->first[d] * exp(fmin(race->second[d] * normal_quantile(u), 700.0));
        else
            wait = -race->first[d] * log1p(-u);
        s->option_u[rule] = uniform(c[2], c[3]);
        // on the grid of 2^-20 s, as in the simulator: from 2^32 on that is how far doubles are apart
        s->due[rule] = now + (wait < 0x1p32 ? (wait + 0x1p32) - 0x1p32 : wait);
        s->running |= bit;
    } else if (!holds && (s->running & bit)) {
        s->running &= ~bit;
        s->due[rule] = INFINITY;
    }
}

static void stage_changed(const Race *race, State *s, int actor, double now, uint32_t draw, uint32_t path) {
    look(race, s, RISES + actor, now, draw, path);
    look(race, s, EASES + actor, now, draw, path);
    look(race, s, STRIKES + actor, now, draw, path);
    look(race, s, STRIKES + (actor + 1) % ACTORS, now, draw, path);
    if (actor == 0 || actor == 3) look(race, s, TALKS, now, draw, path);
}

static void talks_changed(const Race *race, State *s, double now, uint32_t draw, uint32_t path) {
    for (int actor = 0; actor < ACTORS; actor++) look(race, s, RISES + actor, now, draw, path);
    look(race, s, TALKS, now, draw, path);
    look(race, s, FAILS, now, draw, path);
}

static void walk_path(const Race *race, Count *count, uint32_t draw, uint32_t path) {
    State s = {{ALERT, CALM, CALM, ALERT, CALM, CALM}, 0, 0, {0}, {0}, {0}};
    double now = 0.0, a_at = -1.0;
    for (int rule = 0; rule < RULES; rule++) {
        s.due[rule] = INFINITY;
        look(race, &s, rule, now, draw, path);
    }
    for (;;) {
        int next = 0;
        for (int rule = 1; rule < RULES; rule++)
            if (s.due[rule] < s.due[next]) next = rule;
        if (s.due[next] > race->horizon) break;
        now = s.due[next];
        s.running &= ~(1u << next);
        s.due[next] = INFINITY;
        count->events++;
        int actor = next % ACTORS, before = s.stage[actor];
        if (next < EASES) {
            if (s.option_u[next] < 0.7) s.stage[actor]++;
        } else if (next < STRIKES) {
            s.stage[actor]--;
        } else if (next < TALKS) {
            if (s.option_u[next] < 0.4) s.stage[actor] = WAR;
        } else {
            s.talks = next == TALKS;
            talks_changed(race, &s, now, draw, path);
            continue;
        }
        if (s.stage[actor] == before) {
            look(race, &s, next, now, draw, path);
            continue;
        }
        if (actor == 0 && s.stage[0] == WAR) a_at = now;
        stage_changed(race, &s, actor, now, draw, path);
    }
    count->a_at_war += s.stage[0] == WAR;
    count->two_at_war += s.stage[0] == WAR && s.stage[3] == WAR;
    count->others_at_war += s.stage[1] == WAR || s.stage[2] == WAR;
    if (a_at >= 0.0) count->days_to_war += a_at / 86400.0;
}

void walk(const Race *race, Count *count, uint32_t draw, uint32_t first, uint32_t last) {
    for (uint32_t path = first; path < last; path++) walk_path(race, count, draw, path);
}
