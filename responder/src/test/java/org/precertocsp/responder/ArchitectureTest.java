package org.precertocsp.responder;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.precertocsp.responder.io.VarInt;

/// The fences of the responder module.
@AnalyzeClasses(packages = "org.precertocsp.responder", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "org.precertocsp.responder";

    @ArchTest
    static final ArchRule packages_form_a_dag =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule subpackages_form_a_dag =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule netty_stays_in_http =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..responder.http..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule rocksdb_stays_home =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..responder.store..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule kafka_stays_in_cluster =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..responder.cluster.kafka..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule the_rules_of_a_cluster_are_pure =
            noClasses()
                    .that()
                    .haveNameMatching(
                            ".*\\.cluster\\.(ClusterRules|ClusterRecord|ClusterRecordCodec|LogReader"
                                    + "|ReadResult|ReaderPosition|Authority|EdgeReports|Lease|HolderWatch"
                                    + "|RecordSigner|RecordVerifier|StatusLog)(\\$.*)?")
                    .should()
                    .dependOnClassesThat(
                            JavaClass.Predicates.resideOutsideOfPackages(
                                            "java..",
                                            "org.jspecify..",
                                            "org.precertocsp.der",
                                            "org.precertocsp.ocsp",
                                            "..responder.status",
                                            "..responder.cluster")
                                    .and(not(JavaClass.Predicates.type(VarInt.class))));

    @ArchTest
    static final ArchRule opentelemetry_stays_in_tracing =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..responder.tracing..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule bouncy_castle_stays_where_der_is_read =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "..responder.request..",
                            "..responder.intake..",
                            "..responder.ctlog..",
                            "..responder.monitor..",
                            "..responder.cli.demo..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule only_main_knows_the_wiring =
            noClasses()
                    .that()
                    .doNotHaveFullyQualifiedName(ROOT + ".Main")
                    .and()
                    .haveNameNotMatching(".*\\.(Command)?Wiring(\\$.*)?")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(".*\\.(Command)?Wiring");

    @ArchTest
    static final ArchRule only_http_and_admin_know_http =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "..responder.http..",
                            "..responder.admin..",
                            "..responder.alert..",
                            "..responder.monitor..",
                            "..responder.tracing..",
                            "..responder.ctlog..",
                            "..responder.cluster.answers..",
                            "..responder.cluster.snapshot..",
                            "..responder.io..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.helidon..", "java.net.http..", "com.sun.net..");

    @ArchTest
    static final ArchRule requests_never_write_status =
            noClasses()
                    .that()
                    .resideInAnyPackage("..responder.http..", "..responder.request..", "..answer..")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(".*\\.(StatusWriter|ChangeSet|StatusChange)(\\$.*)?");

    @ArchTest
    static final ArchRule feeds_never_make_a_response =
            noClasses()
                    .that()
                    .resideInAnyPackage("..responder.intake..", "..responder.ctlog..")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(".*\\.(ResponseSigner|ResponseSource|SignedResponse)");

    @ArchTest
    static final ArchRule classes_are_final =
            classes()
                    .that()
                    .areNotInterfaces()
                    .and()
                    .areNotEnums()
                    .and()
                    .areNotAnonymousClasses()
                    .should()
                    .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule nothing_static_can_change =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule no_setters =
            methods().should().haveNameNotMatching("set[A-Z].*").allowEmptyShould(true);

    private ArchitectureTest() {}
}
