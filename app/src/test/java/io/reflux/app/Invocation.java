package io.reflux.app;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One use of the program within the test's process: its exit code and what it wrote. */
record Invocation(int exitCode, String out, String err) {
    static Invocation of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        int code = Reflux.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
        return new Invocation(code, out.toString(), err.toString());
    }
}
