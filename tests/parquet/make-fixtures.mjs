// Makes the Parquet fixtures of tests/parquet.sh, with writers other than ours:
//   npm install @duckdb/node-api parquet-wasm hyparquet-writer apache-arrow
//   node make-fixtures.mjs
// Every file but odd-*.parquet holds the table of trials.csv, which it writes too.
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetWriteFile } from 'hyparquet-writer/src/node.js';
import * as arrow from 'apache-arrow';
import * as pq from 'parquet-wasm/node';

const rows = [];
for (let i = 0; i < 240; i++) {
  const animal = i < 120 ? 'koa' : 'rook', trial = i % 120;
  const stimulus = [-1, -0.5, -0.25, 0.25, 0.5, 1][(i * 7) % 6];
  const choice = (i * 5) % 3 === 0 ? 1 - Number(stimulus > 0) : Number(stimulus > 0);
  rows.push({
    subject: animal, session: 1 + Math.floor(trial / 40), date: `2020-08-2${1 + Math.floor(trial / 40)}`,
    trial: 1 + trial, stimulus, choice, reward: Number(choice === Number(stimulus > 0)),
    rt: i % 11 === 3 ? null : (i * 37 % 101) / 64, count: i * 1000003 % 70000, go: i % 2 === 0,
  });
}
const header = Object.keys(rows[0]);
const cell = v => v === null ? '' : v === true ? '1' : v === false ? '0' : String(v);
fs.writeFileSync('trials.csv', header.join() + '\n' + rows.map(r => header.map(k => cell(r[k])).join()).join('\n') + '\n');

// DuckDB: codecs, versions of pages, several row groups
const duck = await (await DuckDBInstance.create(':memory:')).connect();
await duck.run(`create table t as select subject, session::bigint as session, "date"::date as date, trial::smallint as trial,
  stimulus::double as stimulus, choice::utinyint as choice, (reward = 1) as reward, rt::float as rt, "count"::uinteger as count, go::boolean as go
  from read_csv('trials.csv', types = {'date': 'date'})`);
for (const [codec, version] of [['uncompressed', 'V1'], ['snappy', 'V1'], ['gzip', 'V1'], ['zstd', 'V1'],
  ['brotli', 'V1'], ['lz4_raw', 'V1'], ['zstd', 'V2'], ['uncompressed', 'V2']])
  await duck.run(`copy t to 'duckdb-${codec}-${version.toLowerCase()}.parquet'
    (format parquet, compression ${codec}, parquet_version ${version}, row_group_size 2048)`);
await duck.run(`copy (select *, [1, 2] as list, {'a': 1, 'b': 'x'} as group_of, timestamp '2020-08-24 10:00:00.25' as moment from t)
  to 'odd-nested.parquet' (format parquet)`);
await duck.run(`copy (select * replace (stimulus::decimal(9, 2) as stimulus) from t) to 'odd-decimal.parquet' (format parquet)`);

// hyparquet-writer: plain pages and dictionaries, row groups of a hundred rows and of five
const column = (name, type) => ({ name, type, data: rows.map(r => type === 'BOOLEAN' ? Boolean(r[name]) : r[name]) });
const hyparquet = (filename, rowGroupSize) => parquetWriteFile({ filename, rowGroupSize, columnData: [
  column('subject', 'STRING'), column('session', 'INT32'), column('date', 'STRING'), column('trial', 'INT32'),
  column('stimulus', 'DOUBLE'), column('choice', 'INT32'), column('reward', 'BOOLEAN'), column('rt', 'FLOAT'),
  column('count', 'INT32'), column('go', 'BOOLEAN')] });
hyparquet('hyparquet.parquet', 100);
hyparquet('hyparquet-groups.parquet', 5);

// parquet-wasm (Rust's writer): every encoding it offers
const vector = (name, type) => arrow.vectorFromArray(rows.map(r => r[name]), type);
const table = new arrow.Table({
  subject: vector('subject', new arrow.Utf8()), session: vector('session', new arrow.Int32()),
  date: vector('date', new arrow.Utf8()), trial: vector('trial', new arrow.Int32()),
  stimulus: vector('stimulus', new arrow.Float64()), choice: vector('choice', new arrow.Int32()),
  reward: vector('reward', new arrow.Int32()), rt: vector('rt', new arrow.Float32()),
  count: vector('count', new arrow.Int32()), go: vector('go', new arrow.Bool()) });
const encodings = { plain: {}, delta: { subject: 'DELTA_BYTE_ARRAY', date: 'DELTA_LENGTH_BYTE_ARRAY',
  session: 'DELTA_BINARY_PACKED', trial: 'DELTA_BINARY_PACKED', count: 'DELTA_BINARY_PACKED' },
  split: { stimulus: 'BYTE_STREAM_SPLIT', rt: 'BYTE_STREAM_SPLIT' } };
for (const [name, of] of Object.entries(encodings))
  for (const version of [pq.WriterVersion.V1, pq.WriterVersion.V2]) {
    let builder = new pq.WriterPropertiesBuilder().setWriterVersion(version).setDictionaryEnabled(false)
      .setCompression(pq.Compression.SNAPPY).setDataPageSizeLimit(300).setMaxRowGroupSize(150);
    for (const [key, encoding] of Object.entries(of))
      builder = builder.setColumnEncoding(key, pq.Encoding[encoding]);
    const wasm = pq.Table.fromIPCStream(arrow.tableToIPC(table, 'stream'));
    fs.writeFileSync(`arrow-${name}-v${version === pq.WriterVersion.V1 ? 1 : 2}.parquet`, pq.writeParquet(wasm, builder.build()));
  }
