package org.precertocsp.loadtest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The fences of the loadtest module, and the arrows between modules.
@AnalyzeClasses(packages = "org.precertocsp", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule only_benchmarks_import_the_responder =
            noClasses()
                    .that()
                    .resideInAPackage("..loadtest..")
                    .and()
                    .resideOutsideOfPackage("..loadtest.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..responder..");

    @ArchTest
    static final ArchRule arrows_point_to_the_signer =
            noClasses()
                    .that()
                    .resideInAnyPackage("..precertocsp.ocsp..", "..precertocsp.signer..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("..responder..", "..loadtest..");

    @ArchTest
    static final ArchRule nothing_depends_on_the_load_driver =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("..loadtest..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..loadtest..");

    @ArchTest
    static final ArchRule packages_form_a_dag =
            slices().matching("..loadtest.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule netty_stays_in_the_benchmarks =
            noClasses()
                    .that()
                    .resideInAPackage("..loadtest..")
                    .and()
                    .resideOutsideOfPackage("..loadtest.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule the_engine_knows_no_certificates =
            noClasses()
                    .that()
                    .resideInAPackage("..loadtest.drive..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.bouncycastle..");

    private ArchitectureTest() {}
}
