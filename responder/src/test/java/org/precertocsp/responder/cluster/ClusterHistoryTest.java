package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.precertocsp.responder.cluster.ClusterHistory.Answer;
import org.precertocsp.responder.cluster.ClusterHistory.Claimed;
import org.precertocsp.responder.cluster.ClusterHistory.Damaged;
import org.precertocsp.responder.cluster.ClusterHistory.Durable;
import org.precertocsp.responder.cluster.ClusterHistory.Effective;
import org.precertocsp.responder.cluster.ClusterHistory.Event;
import org.precertocsp.responder.cluster.ClusterHistory.Holds;
import org.precertocsp.responder.cluster.ClusterHistory.Kind;
import org.precertocsp.responder.cluster.ClusterHistory.Never;
import org.precertocsp.responder.cluster.ClusterHistory.Restarted;
import org.precertocsp.responder.cluster.ClusterHistory.Rows;
import org.precertocsp.responder.cluster.ClusterHistory.Said;
import org.precertocsp.responder.cluster.ClusterHistory.Sent;
import org.precertocsp.responder.cluster.ClusterHistory.Stopped;
import org.precertocsp.responder.cluster.ClusterHistory.Violation;

/// Histories that break a promise, and the ones next to them that do not. *S* is ten seconds, and
/// the certificate `s` is assigned and effective at second 2.
final class ClusterHistoryTest {
    private static final List<Event> ASSIGNED =
            List.of(
                    new Sent(at(0), "assign", Kind.ASSIGN, Set.of("s")),
                    durable(1, "assign", "a", 1),
                    new Effective(at(2), "assign"));

    private static final Event REVOKE = new Sent(at(10), "revoke", Kind.REVOKE, Set.of("s"));
    private static final Event REVOKED = durable(11, "revoke", "a", 2);
    private static final Event EVERYWHERE = new Effective(at(15), "revoke");
    private static final Event REVOKE_NEVER = new Never(at(12), "revoke");

    private static long at(double second) {
        return (long) (second * 1e9);
    }

    /// Received a tenth of a second after it was sent, and valid for 100 seconds.
    private static Event said(double sent, String node, Said said) {
        return new Answer(
                at(sent),
                at(sent + 0.1),
                node,
                "s",
                said,
                said == Said.REVOKED ? OptionalLong.of(at(sent + 100)) : OptionalLong.empty());
    }

    private static Event durable(double at, String change, String authority, long sequence) {
        return new Durable(at(at), change, authority, OptionalLong.of(sequence));
    }

    private static Event holds(String node, String serial, Said said) {
        return new Holds(at(60), node, serial, said);
    }

    /// @param promises that it breaks, in the order in which it shows
    record Case(String name, List<String> promises, List<Event> events) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case kept(String name, Event... events) {
        return new Case(name, List.of(), Arrays.asList(events));
    }

    private static Case broken(String promise, String name, Event... events) {
        return new Case(name, List.of(promise), Arrays.asList(events));
    }

    static final List<Case> CASES =
            List.of(
                    kept("nothing happens"),
                    kept(
                            "a certificate is revoked",
                            said(3, "fra1", Said.GOOD),
                            REVOKE,
                            REVOKED,
                            said(12, "fra1", Said.GOOD),
                            EVERYWHERE,
                            said(16, "fra1", Said.REVOKED),
                            holds("fra1", "s", Said.REVOKED)),

                    // K1
                    kept(
                            "a change of which nobody heard may be lost",
                            REVOKE,
                            holds("b", "s", Said.GOOD)),
                    broken(
                            "K1",
                            "a durable revocation is lost",
                            REVOKE,
                            REVOKED,
                            holds("b", "s", Said.GOOD)),
                    broken(
                            "K1",
                            "an effective revocation is lost",
                            REVOKE,
                            EVERYWHERE,
                            holds("b", "s", Said.GOOD)),
                    broken(
                            "K1",
                            "a durable assignment is lost",
                            holds("fra1", "s", Said.UNAUTHORIZED)),
                    kept(
                            "all of a change, of which nobody heard, is there",
                            new Sent(at(5), "two", Kind.ASSIGN, Set.of("t", "u")),
                            holds("a", "t", Said.GOOD),
                            holds("a", "u", Said.GOOD)),
                    kept(
                            "nothing of it is",
                            new Sent(at(5), "two", Kind.ASSIGN, Set.of("t", "u")),
                            holds("a", "t", Said.UNAUTHORIZED),
                            holds("a", "u", Said.UNAUTHORIZED)),
                    broken(
                            "K1",
                            "half of it is",
                            new Sent(at(5), "two", Kind.ASSIGN, Set.of("t", "u")),
                            holds("a", "t", Said.GOOD),
                            holds("a", "u", Said.UNAUTHORIZED)),

                    // K2
                    kept(
                            "good, asked before the revocation is effective",
                            REVOKE,
                            REVOKED,
                            EVERYWHERE,
                            said(14.99, "fra1", Said.GOOD)),
                    broken(
                            "K2",
                            "good, asked after it is",
                            REVOKE,
                            REVOKED,
                            EVERYWHERE,
                            said(15.01, "fra1", Said.GOOD)),
                    kept(
                            "tryLater, asked after it is",
                            REVOKE,
                            REVOKED,
                            EVERYWHERE,
                            said(15.01, "fra1", Said.TRY_LATER)),

                    // K3
                    kept(
                            "good, asked S and a second after it is durable",
                            REVOKE,
                            REVOKED,
                            said(21.99, "fra1", Said.GOOD)),
                    broken(
                            "K3",
                            "good, asked later",
                            REVOKE,
                            REVOKED,
                            said(22.01, "fra1", Said.GOOD)),
                    kept(
                            "good, though a revocation was sent that may never arrive",
                            REVOKE,
                            said(40, "fra1", Said.GOOD)),

                    // K4
                    kept("not assigned, asked before it is", said(1.9, "fra1", Said.UNAUTHORIZED)),
                    broken(
                            "K4",
                            "not assigned, asked after it is effective",
                            said(2.1, "fra1", Said.UNAUTHORIZED)),
                    kept("tryLater after it is", said(2.1, "fra1", Said.TRY_LATER)),
                    broken(
                            "K4",
                            "not assigned without a lease",
                            new Sent(at(3), "late", Kind.ASSIGN, Set.of("t")),
                            durable(4, "late", "a", 2),
                            new Answer(
                                    at(15.1),
                                    at(15.2),
                                    "fra1",
                                    "t",
                                    Said.UNAUTHORIZED,
                                    OptionalLong.empty())),

                    // K5
                    kept(
                            "another edge still says good",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(12, "iad1", Said.GOOD)),
                    broken(
                            "K5",
                            "the same edge says good again",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(12, "fra1", Said.GOOD)),
                    broken(
                            "K5",
                            "it does after a restart",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            new Restarted(at(11.5), "fra1"),
                            said(12, "fra1", Said.GOOD)),
                    kept(
                            "good and revoked are asked at the same time",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(11.05, "fra1", Said.GOOD)),
                    broken(
                            "K5",
                            "good, and meanwhile revoked again",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(11.95, "fra1", Said.REVOKED),
                            said(12, "fra1", Said.GOOD)),

                    // K6
                    broken(
                            "K6",
                            "tryLater after revoked",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(50, "fra1", Said.TRY_LATER)),
                    kept(
                            "tryLater once the response has ended",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            said(111, "fra1", Said.TRY_LATER)),
                    kept(
                            "tryLater after a restart",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            new Restarted(at(20), "fra1"),
                            said(50, "fra1", Said.TRY_LATER)),
                    broken(
                            "K6",
                            "tryLater after a restart and revoked",
                            REVOKE,
                            said(11, "fra1", Said.REVOKED),
                            new Restarted(at(20), "fra1"),
                            said(30, "fra1", Said.REVOKED),
                            said(50, "fra1", Said.TRY_LATER)),

                    // K7
                    kept(
                            "nodes hold the same at one change, and other rows at others",
                            new Rows(at(5), "fra1", 1, 1, "aa"),
                            new Rows(at(6), "iad1", 1, 1, "aa"),
                            new Rows(at(7), "iad1", 1, 2, "bb"),
                            new Rows(at(8), "iad1", 2, 1, "cc")),
                    broken(
                            "K7",
                            "nodes hold other rows at one change",
                            new Rows(at(5), "fra1", 1, 1, "aa"),
                            new Rows(at(6), "iad1", 1, 1, "bb")),

                    // K8
                    broken("K8", "an answer nobody signed", said(5, "fra1", Said.INVALID)),
                    broken("K8", "nobody asked for it", said(5, "fra1", Said.REVOKED)),
                    broken(
                            "K8",
                            "nobody has asked for it yet",
                            said(5, "fra1", Said.REVOKED),
                            REVOKE),
                    broken(
                            "K8",
                            "a certificate that nobody has assigned",
                            new Answer(
                                    at(5), at(5.1), "fra1", "t", Said.GOOD, OptionalLong.empty())),
                    broken("K8", "a store has it", holds("fra1", "s", Said.REVOKED)),
                    broken("K8", "a node stops", new Stopped(at(5), "fra1", false, "GAP")),
                    kept(
                            "a node stops because the log is damaged",
                            new Damaged(at(4), "the newest record is lost"),
                            new Stopped(at(5), "fra1", false, "GAP")),
                    broken(
                            "K8",
                            "a node stops where the log was begun anew with what it has",
                            new Damaged(at(4), "the log is lost"),
                            new Stopped(at(5), "fra1", true, "GAP")),
                    broken(
                            "K8",
                            "a node stops before the log is damaged",
                            new Stopped(at(3), "fra1", false, "GAP"),
                            new Damaged(at(4), "the newest record is lost")),

                    // K9
                    broken(
                            "K9",
                            "a change counts that never will",
                            REVOKE,
                            REVOKE_NEVER,
                            said(20, "fra1", Said.REVOKED)),
                    broken(
                            "K9",
                            "a store has one",
                            REVOKE,
                            REVOKE_NEVER,
                            holds("a", "s", Said.REVOKED)),
                    kept(
                            "a node knows more than the log that replaced a lost one",
                            REVOKE,
                            new Damaged(at(11), "the log is lost"),
                            REVOKE_NEVER,
                            said(20, "fra1", Said.REVOKED)),
                    kept(
                            "it is asked for again",
                            REVOKE,
                            REVOKE_NEVER,
                            new Sent(at(13), "again", Kind.REVOKE, Set.of("s")),
                            said(20, "fra1", Said.REVOKED)),
                    broken("K9", "it is durable all the same", REVOKE, REVOKED, REVOKE_NEVER),
                    kept(
                            "one authority takes over from another",
                            new Claimed(at(0), "a", 1, 0),
                            REVOKE,
                            REVOKED,
                            new Claimed(at(20), "b", 2, 2),
                            new Sent(at(21), "next", Kind.ASSIGN, Set.of("t")),
                            durable(22, "next", "b", 3)),
                    broken(
                            "K9",
                            "the one before acknowledges behind its claim",
                            new Claimed(at(0), "a", 1, 0),
                            REVOKE,
                            REVOKED,
                            new Claimed(at(9), "b", 2, 1)),
                    broken(
                            "K9",
                            "two authorities acknowledge one sequence",
                            REVOKE,
                            REVOKED,
                            new Sent(at(21), "next", Kind.ASSIGN, Set.of("t")),
                            durable(22, "next", "b", 2)),
                    kept(
                            "an authority acknowledges what was so before",
                            REVOKE,
                            REVOKED,
                            new Sent(at(21), "again", Kind.REVOKE, Set.of("s")),
                            new Durable(at(22), "again", "b", OptionalLong.empty())),
                    kept(
                            "changes that are collected have one sequence",
                            REVOKE,
                            REVOKED,
                            new Sent(at(10), "next", Kind.ASSIGN, Set.of("t")),
                            durable(11, "next", "a", 2)));

    private static List<Violation> violations(List<Event> events) {
        List<Event> all = new ArrayList<>(ASSIGNED);
        all.addAll(events);
        List<Violation> violations = new ClusterHistory(Duration.ofSeconds(10), all).violations();
        // The order in which events were collected means nothing.
        Collections.shuffle(all, new Random(1));
        assertThat(new ClusterHistory(Duration.ofSeconds(10), all).violations())
                .extracting(Violation::promise)
                .containsExactlyInAnyOrderElementsOf(
                        violations.stream().map(Violation::promise).toList());
        return violations;
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("CASES")
    void a_history_breaks_what_it_shows(Case some) {
        assertThat(violations(some.events()))
                .extracting(Violation::promise)
                .isEqualTo(some.promises());
    }

    @Test
    void no_change_waits_for_an_authority_that_answers() {
        List<Event> events = new ArrayList<>(ASSIGNED);
        events.addAll(List.of(REVOKE, REVOKED, EVERYWHERE));
        events.add(said(21.9, "b", Said.GOOD));
        Set<String> authorities = Set.of("a", "b");

        assertThat(new ClusterHistory(Duration.ofSeconds(10), authorities, events).violations())
                .isEmpty();
        events.add(said(22.1, "b", Said.GOOD));
        assertThat(new ClusterHistory(Duration.ofSeconds(10), authorities, events).violations())
                .extracting(Violation::promise)
                .containsExactly("K3");
    }

    @Test
    void each_promise_is_broken_by_some_history() {
        assertThat(CASES.stream().flatMap(some -> some.promises().stream()).distinct())
                .containsExactly("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9");
    }

    @Test
    void a_violation_shows_its_causes() {
        List<Violation> violations =
                violations(List.of(REVOKE, REVOKED, EVERYWHERE, said(16, "fra1", Said.GOOD)));

        assertThat(violations).hasSize(1);
        assertThat(violations.getFirst().causes())
                .containsExactly(EVERYWHERE, said(16, "fra1", Said.GOOD));
        assertThat(violations.getFirst())
                .hasToString(
                        "K2: fra1 said good of s after the opposite was effective\n    "
                                + EVERYWHERE
                                + "\n    "
                                + said(16, "fra1", Said.GOOD));
    }

    @Test
    void what_is_no_history_is_refused() {
        assertThatThrownBy(() -> violations(List.of(REVOKED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("revoke was not sent");
        assertThatThrownBy(() -> violations(List.of(REVOKE, REVOKE)))
                .hasMessage("revoke was sent twice");
        assertThatThrownBy(
                        () ->
                                violations(
                                        List.of(
                                                new Answer(
                                                        at(5),
                                                        at(4),
                                                        "fra1",
                                                        "s",
                                                        Said.GOOD,
                                                        OptionalLong.empty()))))
                .hasMessageContaining("came before its request");
    }
}
