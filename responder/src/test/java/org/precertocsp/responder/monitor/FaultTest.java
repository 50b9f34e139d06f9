package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.responder.monitor.rule.Rule;
import org.precertocsp.responder.monitor.rule.Ruling;
import org.precertocsp.responder.monitor.rule.Verdict;
import org.precertocsp.responder.monitor.subject.Subject;

/// Responders with one fault each: it is found, and nothing else is blamed.
final class FaultTest {
    @ParameterizedTest
    @EnumSource(Fault.class)
    void each_fault_is_found_and_none_invented(Fault fault) {
        Map<Rule, Ruling> rulings = judged(fault);

        assertThat(TestRound.blamed(rulings.values()))
                .as(rulings.toString())
                .isEqualTo(fault.blamed());
    }

    @Test
    @Requirement("SA-07")
    void unauthorized_is_no_authoritative_answer_for_an_assigned_serial() {
        assertThat(judged(Fault.UNAUTHORIZED_FOR_PRECERTIFICATE).get(Rule.SA_01))
                .extracting(Ruling::verdict)
                .isEqualTo(Verdict.FAIL);
    }

    /// What holds for every answer a responder gives holds for certificates without an OCSP
    /// address, too.
    @ParameterizedTest
    @EnumSource(
            names = {
                "TWELVE_DAY_WINDOW",
                "GOOD_FOR_RANDOM_SERIALS",
                "DELEGATE_OF_ANOTHER_CA",
                "BAD_SIGNATURE",
                "GOOD_AND_REVOKED",
                "EXPIRED"
            })
    @Requirement("SA-17")
    void rules_of_every_answer_bind_where_the_certificate_names_no_service(Fault fault) {
        WrongCredentials credentials = WrongCredentials.with(fault);
        try (WrongResponder responder =
                new WrongResponder(fault, new WrongAnswers(fault, credentials))) {
            Subject named =
                    TestRound.precertificate(
                            credentials.ca(), WrongAnswers.ASSIGNED, responder.url());
            Subject subject =
                    new Subject(
                            named.name(),
                            named.serial(),
                            named.kind(),
                            named.issuer(),
                            named.url(),
                            Optional.empty(),
                            named.published(),
                            named.notAfter());

            Set<String> blamed =
                    TestRound.blamed(
                            TestRound.of(subject, TestRound.PATIENT, TestRound.PATIENT).results());

            assertThat(blamed).containsAll(fault.blamed());
        }
    }

    @Test
    @Requirement("SA-18")
    void responder_that_goes_away_is_blamed_once_and_for_what_it_did_before() {
        Map<Rule, Ruling> rulings = judged(Fault.GONE_LATE);

        assertThat(rulings.get(Rule.SA_18)).extracting(Ruling::seen).asString().contains("stopped");
        assertThat(rulings.get(Rule.HT_03)).extracting(Ruling::verdict).isEqualTo(Verdict.PASS);
        assertThat(rulings.get(Rule.SS_15))
                .isEqualTo(
                        new Ruling(Rule.SS_15, Verdict.NOT_APPLICABLE, "not completed: see SA-18"));
    }

    private static Map<Rule, Ruling> judged(Fault fault) {
        WrongCredentials credentials = WrongCredentials.with(fault);
        try (WrongResponder responder =
                new WrongResponder(fault, new WrongAnswers(fault, credentials))) {
            Subject subject =
                    TestRound.precertificate(
                            credentials.ca(), WrongAnswers.ASSIGNED, responder.url());
            Duration slowest =
                    fault == Fault.SLOW_ONCE ? WrongResponder.LESS_THAN_SLOW : TestRound.PATIENT;
            return TestRound.of(subject, TestRound.PATIENT, slowest).results().stream()
                    .collect(Collectors.toMap(Ruling::rule, ruling -> ruling));
        }
    }
}
