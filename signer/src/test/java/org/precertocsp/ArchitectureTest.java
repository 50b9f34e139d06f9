package org.precertocsp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The fences of the signer module.
@AnalyzeClasses(packages = "org.precertocsp", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_form_a_dag =
            slices().matching("org.precertocsp.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule der_and_the_vocabulary_of_ocsp_need_only_the_jdk =
            noClasses()
                    .that()
                    .resideInAnyPackage("org.precertocsp.der", "org.precertocsp.ocsp")
                    .should()
                    .dependOnClassesThat()
                    .resideOutsideOfPackages(
                            "java..",
                            "org.jspecify..",
                            "org.precertocsp.der",
                            "org.precertocsp.ocsp");

    @ArchTest
    static final ArchRule the_vocabulary_of_ocsp_does_no_io =
            noClasses()
                    .that()
                    .resideInAPackage("org.precertocsp.ocsp")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.io..", "java.nio.file..", "java.net..");

    @ArchTest
    static final ArchRule keys_know_nothing_of_responses =
            noClasses()
                    .that()
                    .resideInAPackage("..signer.key..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.precertocsp.signer");

    private ArchitectureTest() {}
}
