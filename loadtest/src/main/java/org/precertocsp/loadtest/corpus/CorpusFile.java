package org.precertocsp.loadtest.corpus;

/// The large files of a corpus, one line or entry for each serial; the CRL for each revoked one.
public enum CorpusFile {
    /// `serial,status`, for the load driver.
    SERIALS("serials.csv"),
    /// Input of `precert-ocsp load csv`.
    CSV("statuses.csv"),
    /// A CRL in DER, signed by the CA.
    CRL("revocations.crl"),
    /// Input of `openssl ocsp -index` and `precert-ocsp load index`.
    INDEX("index.txt");

    private final String fileName;

    CorpusFile(String fileName) {
        this.fileName = fileName;
    }

    public String fileName() {
        return fileName;
    }
}
