package org.precertocsp.loadtest.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CorpusTest {
    private static final LocalDate DATE = LocalDate.of(2026, 11, 21);

    private static final Map<CorpusKeyType, Corpus> WRITTEN = new EnumMap<>(CorpusKeyType.class);

    @TempDir static Path shared;
    @TempDir private Path directory;

    /// One size of each algorithm: what differs between sizes is the time to generate the keys.
    @ParameterizedTest
    @EnumSource(names = {"P256", "RSA2048", "ED25519"})
    void equal_plans_make_equal_files(CorpusKeyType keys) throws IOException {
        Path first = written(keys).directory();
        Path second = write("again", plan(1_000, 0.1, keys)).directory();
        try (Stream<Path> files = Files.list(first)) {
            assertThat(files.map(Path::getFileName).toList())
                    .hasSize(8)
                    .filteredOn(name -> !name.toString().endsWith(".yaml"))
                    .allSatisfy(
                            name ->
                                    assertThat(first.resolve(name))
                                            .hasSameBinaryContentAs(second.resolve(name)));
        }
    }

    @ParameterizedTest
    @EnumSource(CorpusKeyType.class)
    void crl_verifies_and_revokes_what_the_lists_say(CorpusKeyType keys) throws Exception {
        Corpus corpus = write("a", plan(1_000, 0.1, keys));

        X509CRL crl = crl(corpus);

        crl.verify(certificate(corpus.issuer()).getPublicKey());
        List<String> revoked =
                Files.readAllLines(corpus.file(CorpusFile.SERIALS)).stream()
                        .filter(line -> line.endsWith(",revoked"))
                        .map(line -> line.substring(0, line.indexOf(',')))
                        .toList();
        assertThat(revoked).hasSize(100);
        assertThat(crl.getRevokedCertificates()).hasSize(100);
        assertThat(revoked)
                .allSatisfy(
                        hex ->
                                assertThat(crl.getRevokedCertificate(new BigInteger(hex, 16)))
                                        .isNotNull());
    }

    @Test
    void crl_of_nobody_has_no_entries_at_all() throws Exception {
        Corpus corpus = write("a", plan(10, 0, CorpusKeyType.P256));

        X509CRL crl = crl(corpus);

        crl.verify(certificate(corpus.issuer()).getPublicKey());
        assertThat(crl.getRevokedCertificates()).isNull();
    }

    @Test
    void crl_longer_than_64_kibibytes_has_the_right_lengths() throws Exception {
        Corpus corpus = write("a", plan(3_000, 1, CorpusKeyType.P256));

        assertThat(Files.size(corpus.file(CorpusFile.CRL))).isGreaterThan(1 << 16);
        crl(corpus).verify(certificate(corpus.issuer()).getPublicKey());
    }

    @Test
    void delegate_is_certified_by_the_issuer_for_signing_answers() throws Exception {
        Corpus corpus = write("a", plan(1, 0, CorpusKeyType.P256));

        X509Certificate delegate = certificate(corpus.delegate());

        delegate.verify(certificate(corpus.issuer()).getPublicKey());
        assertThat(delegate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.9");
    }

    @Test
    void every_list_has_a_line_for_every_serial() throws IOException {
        Corpus corpus = write("a", plan(123, 0.5, CorpusKeyType.P256));

        assertThat(corpus.file(CorpusFile.SERIALS)).content().hasLineCount(124);
        assertThat(corpus.file(CorpusFile.CSV)).content().hasLineCount(124);
        assertThat(corpus.file(CorpusFile.INDEX)).content().hasLineCount(123);
    }

    @Test
    void only_the_files_asked_for_are_written() throws IOException {
        CorpusPlan plan =
                new CorpusPlan(10, 0.1, 1, DATE, CorpusKeyType.P256, Set.of(CorpusFile.INDEX));

        Corpus corpus = write("a", plan);

        assertThat(corpus.file(CorpusFile.INDEX)).exists();
        assertThat(corpus.file(CorpusFile.CSV)).doesNotExist();
        assertThat(corpus.file(CorpusFile.CRL)).doesNotExist();
    }

    @Test
    void a_share_beyond_all_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(10, 1.5, CorpusKeyType.P256))
                .withMessageContaining("1.5 is not in 0 to 1");
    }

    private static CorpusPlan plan(long serials, double revoked, CorpusKeyType keys) {
        return new CorpusPlan(serials, revoked, 42, DATE, keys, EnumSet.allOf(CorpusFile.class));
    }

    private Corpus write(String folder, CorpusPlan plan) throws IOException {
        return Corpus.write(directory.resolve(folder), plan, _ -> CorpusProgress.SILENT);
    }

    /// Written once for all tests: generating RSA keys from a seed takes seconds.
    private static Corpus written(CorpusKeyType keys) throws IOException {
        Corpus corpus = WRITTEN.get(keys);
        if (corpus == null) {
            corpus =
                    Corpus.write(
                            shared.resolve(keys.toString()),
                            plan(1_000, 0.1, keys),
                            _ -> CorpusProgress.SILENT);
            WRITTEN.put(keys, corpus);
        }
        return corpus;
    }

    private static X509CRL crl(Corpus corpus) throws Exception {
        try (InputStream in = Files.newInputStream(corpus.file(CorpusFile.CRL))) {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
        }
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
