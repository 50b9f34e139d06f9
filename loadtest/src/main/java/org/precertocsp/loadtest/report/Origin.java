package org.precertocsp.loadtest.report;

/// Where figures come from: without it they are worth nothing to others.
///
/// @param started when the measurement began, ISO 8601
/// @param machine processor, memory, kernel
/// @param version of precert-ocsp and the Java it runs on, one line
/// @param commit of the source tree it was built in; `unknown` outside of one
public record Origin(String started, String machine, String version, String commit) {}
