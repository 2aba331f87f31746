package io.reflux.app.train;

import io.reflux.student.report.ReportFile;
import io.reflux.student.report.ReportTable;
import io.reflux.student.run.RunResult;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How the results of a run are printed. */
final class ReportOptions {

    @Option(names = "--json", description = "Print the report as JSON, for scripts.")
    private boolean json;

    void print(RunResult result, PrintWriter out) {
        if (json) {
            out.print(ReportFile.json(result.report()));
        } else {
            out.print(ReportTable.of(result.report()));
            out.println("model " + result.model());
            out.println("report " + result.reportFile());
            out.println("ledger " + result.ledgerFile());
        }
        out.flush();
    }
}
