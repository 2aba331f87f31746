package io.reflux.quantization.storage;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A way for integers to lie in a file. */
sealed interface IntegerForm permits TypedForm, WordForm {

    /** Beyond, what unpacks words would take too much memory for a moment: 8 bytes for an element, three times. */
    long MOST_IN_WORDS = 1 << 23;

    /** Bytes of so many integers and of the nodes that unpack them, to within some tens. */
    long bytes(long elements);

    /** The operator set that it needs. */
    int opset();

    /**
     * Writes a tensor.
     *
     * @param tensor of INT8 or UINT8, in the range of this form
     * @param out takes what the file holds, under the tensor's name, and the nodes that make it
     * @return the name of what they make: the tensor's type, shape and values
     */
    String write(GraphTensor tensor, UnpackingNodes out);

    /**
     * The form of fewest bytes.
     *
     * @param range of the integers
     * @param opset the newest operator set that may be used
     */
    static IntegerForm of(IntegerRange range, long elements, int opset) {
        List<IntegerForm> forms = new ArrayList<>();
        for (ElementType type : TypedForm.TYPES) {
            if (range.isWithin(type.least(), type.most())) {
                forms.add(new TypedForm(type, 1));
            } else if (range.divided()
                    .filter(divided -> divided.isWithin(type.least(), type.most()))
                    .isPresent()) {
                forms.add(new TypedForm(type, range.step()));
            }
        }
        if (elements <= MOST_IN_WORDS && range.levels() > 1) {
            forms.add(new WordForm(range));
        }
        return forms.stream()
                .filter(form -> form.opset() <= opset)
                .min(Comparator.comparingLong(form -> form.bytes(elements)))
                .orElseThrow();
    }
}
