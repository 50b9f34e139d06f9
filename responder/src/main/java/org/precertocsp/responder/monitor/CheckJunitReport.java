package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The report for build servers: JUnit XML with a test suite per serial and a test case per rule.
public final class CheckJunitReport {
    private final XMLStreamWriter xml;

    private CheckJunitReport(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /// Replaces the file.
    public static void write(CheckRound round, Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            XMLStreamWriter xml =
                    XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
            new CheckJunitReport(xml).suites(round);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private void suites(CheckRound round) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        for (CheckResult judgement : round.judgements()) {
            suite(judgement);
        }
        if (!round.problems().isEmpty()) {
            problems(round);
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void suite(CheckResult judgement) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        attribute("name", judgement.subject().name());
        attribute("hostname", judgement.url());
        attribute("timestamp", judgement.at().toString());
        attribute("tests", judgement.results().size());
        attribute("failures", judgement.count(RuleVerdict.FAIL));
        attribute("skipped", judgement.count(RuleVerdict.NOT_APPLICABLE));
        for (RuleResult ruling : judgement.results()) {
            rule(judgement, ruling);
        }
        xml.writeEndElement();
    }

    private void rule(CheckResult judgement, RuleResult ruling) throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute("classname", judgement.subject().name());
        attribute("name", ruling.rule().id() + " " + ruling.rule().title());
        switch (ruling.verdict()) {
            case FAIL -> {
                xml.writeStartElement("failure");
                attribute("message", ruling.seen());
                attribute("type", ruling.rule().clause());
                xml.writeEndElement();
            }
            case NOT_APPLICABLE -> {
                xml.writeStartElement("skipped");
                attribute("message", ruling.seen());
                xml.writeEndElement();
            }
            case PASS -> output(ruling.seen());
            case WARN -> output("warning: " + ruling.seen());
        }
        xml.writeEndElement();
    }

    private void problems(CheckRound round) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        attribute("name", "could not be checked");
        attribute("tests", round.problems().size());
        attribute("errors", round.problems().size());
        for (String problem : round.problems()) {
            xml.writeStartElement("testcase");
            attribute("classname", "check");
            attribute("name", problem);
            xml.writeStartElement("error");
            attribute("message", problem);
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private void output(String text) throws XMLStreamException {
        xml.writeStartElement("system-out");
        xml.writeCharacters(legal(text));
        xml.writeEndElement();
    }

    private void attribute(String name, Object value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value.toString()));
    }

    /// XML 1.0 has no way to write control characters, not even escaped.
    private static String legal(String text) {
        return text.replaceAll("[^\\x09\\x0a\\x0d\\x20-\\ud7ff\\ue000-\\ufffd]", "?");
    }
}
