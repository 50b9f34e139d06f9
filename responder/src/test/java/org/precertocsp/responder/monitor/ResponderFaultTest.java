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

/// Responders with one fault each: it is found, and nothing else is blamed.
final class ResponderFaultTest {
    @ParameterizedTest
    @EnumSource(ResponderFault.class)
    void each_fault_is_found_and_none_invented(ResponderFault fault) {
        Map<CheckRule, RuleResult> rulings = judged(fault);

        assertThat(TestCheckRound.blamed(rulings.values()))
                .as(rulings.toString())
                .isEqualTo(fault.blamed());
    }

    @Test
    @Requirement("SA-07")
    void unauthorized_is_no_authoritative_answer_for_an_assigned_serial() {
        assertThat(judged(ResponderFault.UNAUTHORIZED_FOR_PRECERTIFICATE).get(CheckRule.SA_01))
                .extracting(RuleResult::verdict)
                .isEqualTo(RuleVerdict.FAIL);
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
    void rules_of_every_answer_bind_where_the_certificate_names_no_service(ResponderFault fault) {
        FaultyCredentials credentials = FaultyCredentials.with(fault);
        try (FaultyResponder responder =
                new FaultyResponder(fault, new FaultyAnswers(fault, credentials))) {
            CheckSubject named =
                    TestCheckRound.precertificate(
                            credentials.ca(), FaultyAnswers.ASSIGNED, responder.url());
            CheckSubject subject =
                    new CheckSubject(
                            named.name(),
                            named.serial(),
                            named.kind(),
                            named.issuer(),
                            named.url(),
                            Optional.empty(),
                            named.published(),
                            named.notAfter());

            Set<String> blamed =
                    TestCheckRound.blamed(
                            TestCheckRound.of(
                                            subject, TestCheckRound.PATIENT, TestCheckRound.PATIENT)
                                    .results());

            assertThat(blamed).containsAll(fault.blamed());
        }
    }

    @Test
    @Requirement("SA-18")
    void responder_that_goes_away_is_blamed_once_and_for_what_it_did_before() {
        Map<CheckRule, RuleResult> rulings = judged(ResponderFault.GONE_LATE);

        assertThat(rulings.get(CheckRule.SA_18))
                .extracting(RuleResult::seen)
                .asString()
                .contains("stopped");
        assertThat(rulings.get(CheckRule.HT_03))
                .extracting(RuleResult::verdict)
                .isEqualTo(RuleVerdict.PASS);
        assertThat(rulings.get(CheckRule.SS_15))
                .isEqualTo(
                        new RuleResult(
                                CheckRule.SS_15,
                                RuleVerdict.NOT_APPLICABLE,
                                "not completed: see SA-18"));
    }

    private static Map<CheckRule, RuleResult> judged(ResponderFault fault) {
        FaultyCredentials credentials = FaultyCredentials.with(fault);
        try (FaultyResponder responder =
                new FaultyResponder(fault, new FaultyAnswers(fault, credentials))) {
            CheckSubject subject =
                    TestCheckRound.precertificate(
                            credentials.ca(), FaultyAnswers.ASSIGNED, responder.url());
            Duration slowest =
                    fault == ResponderFault.SLOW_ONCE
                            ? FaultyResponder.LESS_THAN_SLOW
                            : TestCheckRound.PATIENT;
            return TestCheckRound.of(subject, TestCheckRound.PATIENT, slowest).results().stream()
                    .collect(Collectors.toMap(RuleResult::rule, ruling -> ruling));
        }
    }
}
