# The smallest agent on each SDK for Python; the same words as sdk-agent.ts, packages below AGENT_PACKAGES.

import json
import os
import subprocess
import sys

sys.path.insert(0, os.environ.get('AGENT_PACKAGES', ''))
sdk, base, prompt = sys.argv[1:4]
key = os.environ.get('AGENT_KEY', '')
about = 'Runs a shell command.'
schema = {'type': 'object', 'properties': {'command': {'type': 'string'}}, 'required': ['command']}


def run_tool(arguments):
    ran = subprocess.run(['sh', '-c', arguments['command']], capture_output=True, text=True)
    return ran.stdout + ran.stderr or 'done'


def openai_chat():
    from openai import OpenAI

    client = OpenAI(base_url=base, api_key=key)
    messages = [{'role': 'user', 'content': prompt}]
    tools = [{'type': 'function', 'function': {'name': 'bash', 'description': about, 'parameters': schema}}]
    while True:
        with client.chat.completions.stream(model='gpt-x', messages=messages, tools=tools) as stream:
            message = stream.get_final_completion().choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message.model_dump(include={'role', 'content', 'tool_calls'}))
        for call in message.tool_calls:
            result = run_tool(json.loads(call.function.arguments))
            messages.append({'role': 'tool', 'tool_call_id': call.id, 'content': result})


def openai_responses():
    from openai import OpenAI

    client = OpenAI(base_url=base, api_key=key)
    items = [{'role': 'user', 'content': prompt}]
    tools = [{'type': 'function', 'name': 'bash', 'description': about, 'parameters': schema, 'strict': False}]
    while True:
        with client.responses.stream(model='gpt-x', input=items, tools=tools, store=False) as stream:
            response = stream.get_final_response()
        calls = [item for item in response.output if item.type == 'function_call']
        if not calls:
            return response.output_text
        for call in calls:
            about_call = {'type': call.type, 'call_id': call.call_id}
            items.append({**about_call, 'name': call.name, 'arguments': call.arguments})
            result = run_tool(json.loads(call.arguments))
            items.append({**about_call, 'type': 'function_call_output', 'output': result})


def anthropic():
    from anthropic import Anthropic

    client = Anthropic(base_url=base, api_key=key)
    messages = [{'role': 'user', 'content': prompt}]
    tools = [{'name': 'Bash', 'description': about, 'input_schema': schema}]
    while True:
        with client.messages.stream(model='claude-x', max_tokens=1000, messages=messages, tools=tools) as stream:
            message = stream.get_final_message()
        calls = [block for block in message.content if block.type == 'tool_use']
        if not calls:
            return ''.join(block.text for block in message.content if block.type == 'text')
        messages.append({'role': 'assistant', 'content': message.content})
        results = [{'type': 'tool_result', 'tool_use_id': call.id, 'content': run_tool(call.input)} for call in calls]
        messages.append({'role': 'user', 'content': results})


def genai():
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=key, http_options={'base_url': base})
    contents = [types.Content(role='user', parts=[types.Part(text=prompt)])]
    declaration = types.FunctionDeclaration(name='run_shell_command', description=about, parameters_json_schema=schema)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declaration])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    while True:
        parts = []
        for chunk in client.models.generate_content_stream(model='gemini-x', contents=contents, config=config):
            for candidate in chunk.candidates or []:
                parts += (candidate.content and candidate.content.parts) or []
        calls = [part.function_call for part in parts if part.function_call]
        if not calls:
            return ''.join(part.text or '' for part in parts)
        contents.append(types.Content(role='model', parts=parts))
        results = [
            types.Part.from_function_response(name=call.name, response={'output': run_tool(call.args)})
            for call in calls
        ]
        contents.append(types.Content(role='user', parts=results))


agents = {
    'openai-chat': openai_chat,
    'openai-responses': openai_responses,
    'anthropic': anthropic,
    'genai': genai,
}
print(agents[sdk]())
