import com.google.refine.commands.recon.GuessTypesOfColumnCommand;
import com.google.refine.model.Cell;
import com.google.refine.model.Column;
import com.google.refine.model.Project;
import com.google.refine.model.Recon;
import com.google.refine.model.Row;
import com.google.refine.model.recon.ReconJob;
import com.google.refine.model.recon.ReconciledDataExtensionJob;
import com.google.refine.model.recon.ReconciledDataExtensionJob.DataExtensionConfig;
import com.google.refine.model.recon.ReconciledDataExtensionJob.DataExtensionProperty;
import com.google.refine.model.recon.StandardReconConfig;
import com.google.refine.util.ParsingUtilities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * OpenRefine without its window: guesses what a column of names is of, matches them, and adds columns to those that match; tells it all as JSON:
 * `java Reconcile.java SERVICE TYPE PROPERTIES NAME...`, the properties with spaces between.
 */
class Reconcile {
    static class Guess extends GuessTypesOfColumnCommand {
        List<?> of(Project project, Column column, String service) throws Exception {
            return guessTypes(project, column, service);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String service = arguments[0];
        List<String> names = List.of(arguments).subList(3, arguments.length);
        Project project = new Project();
        Column column = new Column(0, "name");
        project.columnModel.addColumn(0, column, true);
        for (String name : names) {
            Row row = new Row(1);
            row.setCell(0, new Cell(name, null));
            project.rows.add(row);
        }
        Map<String, Object> told = new TreeMap<>();
        told.put("guessed", new Guess().of(project, column, service));

        var config = new StandardReconConfig(service, "urn:ids", "urn:types", arguments[1], arguments[1], true, 10, List.of());
        List<ReconJob> jobs = new ArrayList<>();
        for (int place = 0; place < names.size(); place++) {
            Row row = project.rows.get(place);
            jobs.add(config.createJob(project, place, row, "name", row.getCell(0)));
        }
        List<Recon> found = config.batchRecon(jobs, 1L);
        told.put("matched", found);

        Set<String> ids = new LinkedHashSet<>();
        for (Recon each : found) if (each.match != null) ids.add(each.match.id);
        List<DataExtensionProperty> properties = new ArrayList<>();
        for (String property : arguments[2].split(" ")) properties.add(new DataExtensionProperty(property, property, null));
        var extension = new ReconciledDataExtensionJob(new DataExtensionConfig(properties), service);
        Map<String, Object> rows = new TreeMap<>();
        extension.extend(ids, new HashMap<>()).forEach((id, each) -> rows.put(id, each == null ? null : each.data));
        told.put("rows", rows);
        told.put("columns", extension.columns.stream().map(each -> each.name).toList());
        System.out.println(ParsingUtilities.defaultWriter.writeValueAsString(told));
        System.exit(0);
    }
}
