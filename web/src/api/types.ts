import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];

// Short names for the shapes of the API. They come from the OpenAPI document; none is written by hand.
export type Alignment = Schemas['Alignment'];
export type AlignmentList = Schemas['AlignmentList'];
export type Check = Schemas['Check'];
export type ClusterList = Schemas['ClusterList'];
export type ClusterSummary = Schemas['ClusterSummary'];
export type CoverageBin = Schemas['CoverageBin'];
export type Database = Schemas['Database'];
export type DatabaseList = Schemas['DatabaseList'];
export type Example = Schemas['Example'];
export type ExportFormat = Schemas['ExportFormat'];
export type FieldProblem = Schemas['FieldProblem'];
export type Histogram = Schemas['Histogram'];
export type Hit = Schemas['Hit'];
export type HitList = Schemas['HitList'];
export type Job = Schemas['Job'];
export type JobElastic = Schemas['JobElastic'];
export type JobEvent = Schemas['JobEvent'];
export type JobList = Schemas['JobList'];
export type JobParts = Schemas['JobParts'];
export type JobQueue = Schemas['JobQueue'];
export type JobStep = Schemas['JobStep'];
export type JobSummary = Schemas['JobSummary'];
export type LogEvent = Schemas['LogEvent'];
export type LogLines = Schemas['LogLines'];
export type LogStatus = Schemas['LogStatus'];
export type LogTarget = Schemas['LogTarget'];
export type OptionForm = Schemas['OptionForm'];
export type OptionValue = Schemas['OptionValue'];
export type OptionsForm = Schemas['OptionsForm'];
export type OutfmtChoice = Schemas['OutfmtChoice'];
export type Overview = Schemas['Overview'];
export type PartCell = Schemas['PartCell'];
export type PartList = Schemas['PartList'];
export type PreFlight = Schemas['PreFlight'];
export type Problem = Schemas['Problem'];
export type ProgramForm = Schemas['ProgramForm'];
export type QueryList = Schemas['QueryList'];
export type QueryRow = Schemas['QueryRow'];
export type QueryStats = Schemas['QueryStats'];
export type Readiness = Schemas['Readiness'];
export type RegionGroup = Schemas['RegionGroup'];
export type ResultManifest = Schemas['ResultManifest'];
export type Span = Schemas['Span'];
export type SubmitAnswer = Schemas['SubmitAnswer'];
export type SubmitRequest = Schemas['SubmitRequest'];

/** Filters, order and page of hits, as the server takes them. */
export type HitQuery = NonNullable<paths['/api/blast/jobs/{id}/results/hits']['get']['parameters']['query']>;
